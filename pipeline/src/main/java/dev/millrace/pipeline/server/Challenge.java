package dev.millrace.pipeline.server;

import dev.millrace.model.gate.ChallengeRule;
import dev.millrace.model.gate.Evaluation;
import dev.millrace.model.gate.Verdict;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.metric.PrequentialMetrics;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * What the parameter server knows of a challenger beside the model: its state, which configuration trains which of the two, and
 * how they did on the same samples. Part of the model's state.
 */
final class Challenge {
    private static final int FORMAT = 1;

    /** Fading is not asked for here. */
    private static final double FADING = 0.999;

    final TrainingState state;

    /** Whether the challenger's section of the configuration trains the model, and the model's the challenger. */
    boolean swapped;

    /** How often the two have changed roles. */
    long swaps;

    private long minSamples;
    private PrequentialMetrics ofModel;
    private PrequentialMetrics ofChallenger;
    private long compared; // samples, since the challenge began
    private long judged; // of these, when the last verdict was given
    private int inARow;
    private long judgedRefusals; // the challenger's, when one was the verdict

    private Challenge(
            TrainingState state, long minSamples, PrequentialMetrics ofModel, PrequentialMetrics ofChallenger) {
        this.state = state;
        this.minSamples = minSamples;
        this.ofModel = ofModel;
        this.ofChallenger = ofChallenger;
    }

    /** Begins: nothing is compared yet. */
    static Challenge begin(TrainingState challenger, ChallengeRule rule) {
        long samples = rule.minSamples();
        return new Challenge(
                challenger, samples, new PrequentialMetrics(samples, FADING), new PrequentialMetrics(samples, FADING));
    }

    /** The same comparison, as the rule of now asks for it. */
    void goOn(ChallengeRule rule) {
        if (rule.minSamples() == minSamples) return;
        minSamples = rule.minSamples();
        restart();
    }

    /** A challenge of the model that was, by the one that was model; the comparison begins anew. */
    Challenge answeredBy(TrainingState model) {
        Challenge answer = new Challenge(model, minSamples, ofModel, ofChallenger);
        answer.swapped = !swapped;
        answer.swaps = swaps + 1;
        answer.restart();
        return answer;
    }

    /** The metrics of the two begin at none. */
    private void restart() {
        ofModel = new PrequentialMetrics(minSamples, FADING);
        ofChallenger = new PrequentialMetrics(minSamples, FADING);
        compared = 0;
        judged = 0;
        inARow = 0;
    }

    /** What a closed step was to one of the two. */
    record Step(boolean accepted, int samples, Outcomes outcomes) {}

    /**
     * Takes notice of a closed step. Both are scored on the same samples: those of a step that was refused to the model, or that
     * did not reach the challenger, count for neither, and one that was refused to the challenger takes back all before it.
     */
    void closed(Step model, Step challenger) {
        if (!challenger.accepted()) {
            restart();
        } else if (model.accepted() && model.samples() == challenger.samples()) {
            ofModel.add(model.samples(), model.outcomes());
            ofChallenger.add(challenger.samples(), challenger.outcomes());
            compared += model.samples();
        }
    }

    /** Holds the two against each other; null if nothing was learnt since the last time. */
    @Nullable
    Verdict judge(ChallengeRule rule, ModelSpec spec) {
        boolean finite = state.refusedInARow == 0;
        if (finite ? compared == judged : state.refusedSteps == judgedRefusals) return null;
        judged = compared;
        judgedRefusals = state.refusedSteps;
        Verdict verdict = rule.judge(evaluation(ofModel, spec, true), evaluation(ofChallenger, spec, finite), inARow);
        inARow = verdict.inARow();
        return verdict;
    }

    private Evaluation evaluation(PrequentialMetrics metrics, ModelSpec spec, boolean finite) {
        PrequentialMetrics.Latest latest = metrics.latest(minSamples);
        return Evaluation.of(latest.samples(), latest.outcomes(), spec.loss(), spec.outputs(), finite);
    }

    void write(DataOutputView out) throws IOException {
        out.writeByte(FORMAT);
        TrainingStateSerializer.INSTANCE.serialize(state, out);
        out.writeBoolean(swapped);
        out.writeLong(swaps);
        out.writeLong(minSamples);
        ofModel.write(out);
        ofChallenger.write(out);
        out.writeLong(compared);
        out.writeLong(judged);
        out.writeInt(inARow);
    }

    /** @throws IOException if a newer release wrote it */
    static Challenge read(DataInputView in) throws IOException {
        int format = in.readUnsignedByte();
        if (format != FORMAT) {
            throw new IOException("Format " + format + " of a challenge is unknown; this release reads format " + FORMAT
                    + ". A newer release wrote it.");
        }
        TrainingState state = TrainingStateSerializer.INSTANCE.deserialize(in);
        boolean swapped = in.readBoolean();
        long swaps = in.readLong();
        Challenge challenge =
                new Challenge(state, in.readLong(), PrequentialMetrics.read(in), PrequentialMetrics.read(in));
        challenge.swapped = swapped;
        challenge.swaps = swaps;
        challenge.compared = in.readLong();
        challenge.judged = in.readLong();
        challenge.inARow = in.readInt();
        return challenge;
    }
}
