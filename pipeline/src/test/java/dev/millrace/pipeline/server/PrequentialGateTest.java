package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.metric.PrequentialMetrics;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.gradient.EngineUsed;
import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.minibatch.SplitProgress;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What the gate goes by was scored before it was learnt from. Labels are coin tosses, so nobody predicts them; a model with
 * more parameters than a mini-batch has samples remembers them once it has learnt them.
 */
class PrequentialGateTest {
    private static final int STEPS = 200;
    private static final int ROWS = 16;
    private static final int INPUTS = 64;
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: coins
            inputs: 64
            layers: [{dense: {units: 1, activation: sigmoid}}]
            loss: binary_crossentropy
            """);

    @Test
    void samplesScoredAfterTheyWereLearntFromWouldBeNoticed() {
        ServerSettings settings = new ServerFixture("coins", SPEC.toJson(), BatchSettings.fixed(ROWS)).settings();
        Trainer trainer = Trainers.create(settings, null, false);
        PrequentialMetrics leaked = new PrequentialMetrics(1_000, 0.999);
        GradientSum sum = new GradientSum(SPEC.layout().size(), true);
        try (GradientEngine engine = Engines.factory("nd4j").create(SPEC)) {
            for (int step = 0; step < STEPS; step++) {
                SampleBatch batch = coins(step);
                score(engine, trainer, batch, sum);
                trainer.add(gradient(batch, sum));
                trainer.close(new StepTiming(Double.NaN, Double.NaN, Double.NaN));
                score(engine, trainer, batch, sum);
                leaked.add(ROWS, Outcomes.of(SPEC.loss(), 1, batch, sum));
            }
        }

        double prequential = trainer.state().metrics.latest(1_000).outcomes().accuracy();
        // 1,000 tosses: half are right, give or take four standard deviations of 1.6 %.
        assertThat(prequential).isBetween(0.435, 0.565);
        assertThat(leaked.latest(1_000).outcomes().accuracy()).isGreaterThan(0.65);
    }

    private static void score(GradientEngine engine, Trainer trainer, SampleBatch batch, GradientSum sum) {
        float[] parameters = trainer.state().parameters;
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(batch, ROWS, sum);
    }

    private static SampleBatch coins(int step) {
        SplittableRandom random = new SplittableRandom(step);
        SampleBatch batch = new SampleBatch(INPUTS, 1, ROWS);
        for (int i = 0; i < ROWS; i++) {
            float[] x = new float[INPUTS];
            for (int k = 0; k < INPUTS; k++) x[k] = (float) random.nextDouble(-1, 1);
            batch.append(x, new float[] {random.nextBoolean() ? 1 : 0}, 1);
        }
        return batch;
    }

    private static Gradient gradient(SampleBatch batch, GradientSum sum) {
        Gradient gradient = new Gradient();
        gradient.version = Long.MAX_VALUE;
        gradient.length = sum.gradient.length;
        gradient.values = sum.gradient;
        gradient.summary = new Gradient.Summary(
                batch.rows(),
                Outcomes.of(SPEC.loss(), 1, batch, sum),
                new SplitProgress(),
                1,
                1,
                1,
                new Gradient.Signals(sum.squaredNormSum, new float[0], 0, 0),
                new EngineUsed("nd4j", ""));
        return gradient;
    }
}
