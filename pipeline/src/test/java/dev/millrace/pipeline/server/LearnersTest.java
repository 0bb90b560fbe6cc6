package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.batchsize.BatchSizeBounds;
import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.ControllerSettings;
import dev.millrace.model.batchsize.GrowOnSettling;
import dev.millrace.model.drift.DriftKind;
import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.gate.ChallengeReason;
import dev.millrace.model.gate.ChallengeRule;
import dev.millrace.model.gate.GateMetric;
import dev.millrace.model.gate.Verdict;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.gradient.EngineUsed;
import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.minibatch.SplitProgress;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Model and challenger on the same samples: whether a point lies above a line; labels turn round at step 400. */
class LearnersTest {
    private static final EngineUsed ENGINE = new EngineUsed("nd4j", "");
    private static final int DRIFT = 400;
    private static final ModelSpec SMALL = ModelSpec.fromYaml("""
            name: lines
            inputs: 3
            layers: [{dense: {units: 1, activation: sigmoid}}]
            loss: binary_crossentropy
            """);
    private static final ModelSpec DEEP = ModelSpec.fromYaml("""
            name: deep
            inputs: 3
            layers:
              - dense: {units: 4, activation: tanh}
              - dense: {units: 1, activation: sigmoid}
            loss: binary_crossentropy
            """);
    private static final ModelSpec WIDE = ModelSpec.fromYaml(
            DEEP.toJson().replace("\"units\":4", "\"units\":6").replace("deep", "wide"));
    private static final BatchSettings FIXED = BatchSettings.fixed(16);
    private static final ChallengeRule RULE = new ChallengeRule(GateMetric.LOSS, 0.05, 320, 2, true);

    private static ServerSettings alone(ModelSpec spec, BatchSettings batch) {
        return new ServerFixture(spec.name(), spec.toJson(), batch)
                .optimizer("momentum")
                .settings();
    }

    private static ChallengerSettings challenger(ModelSpec spec, double rate, BatchSettings batch) {
        Recipe recipe =
                new Recipe(spec.toJson(), null, Map.of("name", "momentum"), Map.of("initial", rate), batch, Map.of());
        return new ChallengerSettings("rival", recipe, RULE, null);
    }

    /** The small model, challenged by the deep one. */
    private static ServerSettings both(BatchSettings batch) {
        return alone(SMALL, batch).challengedBy(challenger(DEEP, 0.5, batch));
    }

    private static BatchSettings adaptive() {
        BatchSizeController controller = new BatchSizeController(
                GrowOnSettling.of(SMALL.layout().size()), ControllerSettings.recommended(new BatchSizeBounds(1, 1024)));
        return new BatchSettings(Controllers.always(controller), 1, 1024, true, DriftKind.PAGE_HINKLEY, true);
    }

    /** What a worker does: both models at their parameters, one gradient behind the other. */
    private static final class Worker implements AutoCloseable {
        private final List<ModelSpec> specs;
        private final List<GradientEngine> engines;
        private final List<GradientSum> sums;
        float poison; // added to the second model's gradient
        float poisonFirst;

        Worker(ModelSpec... specs) {
            this.specs = List.of(specs);
            this.engines = this.specs.stream()
                    .map(spec -> Engines.factory("nd4j").create(spec))
                    .toList();
            this.sums = this.specs.stream()
                    .map(spec -> new GradientSum(spec.layout().size(), true))
                    .toList();
        }

        void run(Learners learners, int from, int to) {
            for (int step = from; step < to; step++) {
                SampleBatch batch =
                        batch(step, learners.model().state().batchSize.batchSize());
                contribute(learners, batch, true);
                learners.close(new StepTiming(1e-4 + 1e-6 * batch.rows(), 1e4, 0));
            }
        }

        void contribute(Learners learners, SampleBatch batch, boolean ofThisLife) {
            for (int i = 0; i < specs.size(); i++) {
                float[] parameters = learners.of(i).state().parameters;
                engines.get(i).upload(0, parameters, parameters.length);
                engines.get(i).lossAndGradient(batch, 4096, sums.get(i));
            }
            sums.get(0).gradient[0] += poisonFirst;
            if (specs.size() > 1) sums.get(1).gradient[0] += poison;
            int offset = 0;
            for (int i = 0; i < specs.size(); i++) {
                boolean last = i == specs.size() - 1;
                learners.add(gradient(sums.get(i), offset, last ? summary(batch) : null), ofThisLife);
                offset += sums.get(i).gradient.length;
            }
        }

        private Gradient.Summary summary(SampleBatch batch) {
            GradientSum first = sums.get(0);
            Gradient.Signals signals = new Gradient.Signals(first.squaredNormSum, losses(first), 0, 0);
            GradientSum second = sums.get(sums.size() - 1);
            return new Gradient.Summary(
                    batch.rows(),
                    Outcomes.of(specs.get(0).loss(), 1, batch, first),
                    new SplitProgress(),
                    1,
                    1,
                    1,
                    signals,
                    ENGINE,
                    specs.size() == 1
                            ? null
                            : new Gradient.Second(
                                    Outcomes.of(specs.get(1).loss(), 1, batch, second),
                                    second.squaredNormSum,
                                    losses(second),
                                    ENGINE));
        }

        private static float[] losses(GradientSum sum) {
            return Arrays.copyOf(sum.pieceLosses, sum.pieceCount);
        }

        private static Gradient gradient(GradientSum sum, int offset, Gradient.@Nullable Summary summary) {
            Gradient gradient = new Gradient();
            gradient.version = Long.MAX_VALUE;
            gradient.offset = offset;
            gradient.length = sum.gradient.length;
            gradient.values = sum.gradient;
            gradient.summary = summary;
            return gradient;
        }

        @Override
        public void close() {
            engines.forEach(GradientEngine::close);
        }
    }

    /** The same at the same step, however the training came there. */
    private static SampleBatch batch(int step, int rows) {
        SplittableRandom random = new SplittableRandom(step);
        SampleBatch batch = new SampleBatch(3, 1, rows);
        for (int i = 0; i < rows; i++) {
            float[] x = {(float) random.nextDouble(-1, 1), (float) random.nextDouble(-1, 1), 1};
            boolean truth = x[0] > x[1] == step < DRIFT;
            batch.append(x, new float[] {truth == random.nextInt(20) > 0 ? 1 : 0}, 1);
        }
        return batch;
    }

    private static Learners begin(ServerSettings settings) {
        return Learners.create(settings, null, false);
    }

    private static Learners restored(ServerSettings settings, Learners from) throws IOException {
        return Learners.create(settings, copy(from.model().snapshot()), false);
    }

    private static TrainingState copy(TrainingState state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(1 << 12);
        TrainingStateSerializer.INSTANCE.serialize(state, out);
        return TrainingStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    private static TrainingState rival(Learners learners) {
        return Objects.requireNonNull(learners.challenger()).state();
    }

    private static Challenge challenge(Learners learners) {
        return Objects.requireNonNull(learners.challenge());
    }

    @Test
    void eachLearnsAsItWouldAlone() {
        Learners together = begin(both(FIXED));
        Learners small = begin(alone(SMALL, FIXED));
        Learners deep = begin(alone(DEEP, FIXED));

        try (Worker of = new Worker(SMALL, DEEP);
                Worker first = new Worker(SMALL);
                Worker second = new Worker(DEEP)) {
            of.run(together, 0, 100);
            first.run(small, 0, 100);
            second.run(deep, 0, 100);
        }

        assertThat(together.model().state().parameters)
                .containsExactly(small.model().state().parameters);
        assertThat(rival(together).parameters).containsExactly(deep.model().state().parameters);
        assertThat(rival(together).version).isEqualTo(together.model().state().version);
        assertThat(rival(together).metrics.window().loss())
                .isEqualTo(deep.model().state().metrics.window().loss());
        assertThat(rival(together).totalSamples).isEqualTo(1600);
    }

    @Test
    void aChallengerThatIsNotFiniteIsRefusedAloneAndTheModelDoesNotNotice() {
        Learners together = begin(both(adaptive()));
        Learners small = begin(alone(SMALL, adaptive()));
        Verdict refused;

        try (Worker of = new Worker(SMALL, DEEP);
                Worker first = new Worker(SMALL)) {
            of.run(together, 0, 100);
            float[] before = rival(together).parameters.clone();
            of.poison = Float.NaN;
            of.run(together, 100, 103);
            assertThat(rival(together).parameters).containsExactly(before);
            refused = Objects.requireNonNull(together.judge());
            assertThat(together.judge()).as("said once").isNull();
            of.poison = 0;
            of.run(together, 103, 500);
            first.run(small, 0, 500);
        }

        TrainingState model = together.model().state();
        assertThat(model.parameters).containsExactly(small.model().state().parameters);
        assertThat(model.batchSize.toArray())
                .containsExactly(small.model().state().batchSize.toArray());
        assertThat(model.drifts).as("drifts, or resets were not tested").isPositive();
        assertThat(model.refusedSteps).isZero();
        assertThat(rival(together).refusedSteps).isEqualTo(3);
        assertThat(rival(together).refusedInARow).isZero();
        assertThat(refused.reason()).isEqualTo(ChallengeReason.NOT_FINITE);
    }

    @Test
    void aModelThatIsNotFiniteDoesNotSlowTheChallenger() {
        Learners together = begin(both(FIXED));
        Learners deep = begin(alone(DEEP, FIXED));

        try (Worker of = new Worker(SMALL, DEEP);
                Worker second = new Worker(DEEP)) {
            of.poisonFirst = Float.POSITIVE_INFINITY;
            of.run(together, 0, 2);
            of.poisonFirst = 0;
            of.run(together, 2, 50);
            second.run(deep, 0, 50);
        }

        assertThat(together.model().state().refusedSteps).isEqualTo(2);
        assertThat(rival(together).parameters).containsExactly(deep.model().state().parameters);
    }

    @Test
    void isPromotedWhenItWasBetterOftenEnoughAndNotBefore() {
        ServerSettings settings = alone(SMALL, FIXED).challengedBy(challenger(SMALL, 0.05, FIXED));
        ServerSettings slow = new ServerFixture(SMALL.name(), SMALL.toJson(), FIXED).settings();
        Learners learners = begin(with(slow, 1e-6).challengedBy(Objects.requireNonNull(settings.challenger())));

        try (Worker worker = new Worker(SMALL, SMALL)) {
            worker.run(learners, 0, 10);
            assertThat(judged(learners)).isEqualTo(ChallengeReason.TOO_FEW_SAMPLES);
            assertThat(learners.judge()).as("nothing new").isNull();
            worker.run(learners, 10, 100);
            assertThat(judged(learners)).isEqualTo(ChallengeReason.BETTER);
            worker.run(learners, 100, 101);
            assertThat(judged(learners)).isEqualTo(ChallengeReason.PROMOTED);
        }
    }

    private static ServerSettings with(ServerSettings settings, double rate) {
        ChallengerSettings slow = challenger(SMALL, rate, FIXED);
        return settings.challengedBy(slow).ofModel(true);
    }

    private static ChallengeReason judged(Learners learners) {
        return Objects.requireNonNull(learners.judge()).reason();
    }

    @Test
    void rolesChangeButNamesAndWhatWasPublishedUnderThemStay() throws IOException {
        Learners learners = begin(both(adaptive()));
        try (Worker worker = new Worker(SMALL, DEEP)) {
            worker.run(learners, 0, 200);
            TrainingState small = learners.model().state();
            TrainingState deep = rival(learners);
            small.publishedVersion = 190;
            deep.publishedVersion = 180;
            small.standing = small.standing.withRevision(7);
            small.overrides = Overrides.NONE.withLearningRate(0.25).withId("c-1");

            learners.swap();

            assertThat(learners.model().state()).isSameAs(deep);
            assertThat(rival(learners)).isSameAs(small);
            assertThat(learners.of(0).state()).as("the first configuration").isSameAs(small);
            assertThat(deep.publishedVersion).isEqualTo(190);
            assertThat(small.publishedVersion).isEqualTo(180);
            assertThat(deep.standing.revision()).isEqualTo(7);
            assertThat(deep.overrides.ids()).containsExactly("c-1");
            assertThat(deep.overrides.learningRate())
                    .as("ordered for the other one")
                    .isNull();
            assertThat(small.overrides).isEqualTo(Overrides.NONE);
            assertThat(learners.judge()).as("a new comparison").isNull();
            worker.run(learners, 200, 210);
            assertThat(deep.version).isEqualTo(211).isEqualTo(small.version);
            assertThat(judged(learners)).isEqualTo(ChallengeReason.TOO_FEW_SAMPLES);
        }
    }

    @Test
    void whatIsUnderWayWhenRolesChangeCountsForBoth() {
        Learners learners = begin(both(FIXED));
        try (Worker worker = new Worker(SMALL, DEEP)) {
            worker.run(learners, 0, 50);
            worker.contribute(learners, batch(50, 16), true);
            learners.swap();
            worker.contribute(learners, batch(51, 16), true);
            learners.close(new StepTiming(1e-3, 1e4, 0));
        }

        assertThat(learners.model().state().totalSamples).isEqualTo(52 * 16);
        assertThat(rival(learners).totalSamples).isEqualTo(52 * 16);
    }

    @Test
    void rolesSurviveARestoreAndSoDoesTheFutureOfBoth() throws IOException {
        Learners whole = begin(both(adaptive()));
        Learners before = begin(both(adaptive()));
        Learners after;
        try (Worker worker = new Worker(SMALL, DEEP)) {
            worker.run(whole, 0, 150);
            whole.swap();
            worker.run(whole, 150, 700);
            worker.run(before, 0, 150);
            before.swap();
            worker.run(before, 150, 300);
            after = restored(both(adaptive()), before);
            worker.run(after, 300, 700);
        }

        assertThat(after.isSwapped()).isTrue();
        assertThat(challenge(after).swaps).isEqualTo(1);
        assertThat(after.model().state().parameters)
                .containsExactly(whole.model().state().parameters);
        assertThat(after.model().state().batchSize.toArray())
                .containsExactly(whole.model().state().batchSize.toArray());
        assertThat(rival(after).parameters).containsExactly(rival(whole).parameters);
        assertThat(Objects.requireNonNull(after.judge())).isEqualTo(whole.judge());
        assertThat(after.model().state().drifts)
                .as("drifts, or nothing was tested")
                .isPositive();
        assertThat(after.model().state().version)
                .as("one more: what follows is not what an earlier attempt made of it")
                .isEqualTo(whole.model().state().version + 1);
    }

    @Test
    void aChallengerThatIsAddedBeginsAtTheModelsVersion() throws IOException {
        Learners before = begin(alone(SMALL, FIXED));
        Learners after;
        try (Worker worker = new Worker(SMALL)) {
            worker.run(before, 0, 20);
        }

        after = restored(both(FIXED), before);

        assertThat(after.model().state().totalSamples).isEqualTo(320);
        assertThat(rival(after).totalSamples).isZero();
        assertThat(rival(after).parameters).containsExactly(DEEP.initialParameters(1));
        assertThat(rival(after).version)
                .isEqualTo(after.model().state().version)
                .isEqualTo(22);
    }

    @Test
    void aChallengerThatIsRemovedIsGivenUpAndTheModelGoesOn() throws IOException {
        Learners before = begin(both(FIXED));
        Learners after;
        try (Worker worker = new Worker(SMALL, DEEP)) {
            worker.run(before, 0, 20);
        }

        after = restored(alone(SMALL, FIXED), before);

        assertThat(after.challenger()).isNull();
        assertThat(after.model().state().challenge).isNull();
        assertThat(after.model().state().parameters)
                .containsExactly(before.model().state().parameters);
    }

    @Test
    void aChallengerThatIsAnotherModelNowBeginsAnewAndTakesNothingFromAnotherLife() throws IOException {
        Learners before = begin(both(FIXED));
        Learners after;
        try (Worker worker = new Worker(SMALL, DEEP)) {
            worker.run(before, 0, 20);
        }

        after = restored(alone(SMALL, FIXED).challengedBy(challenger(WIDE, 0.5, FIXED)), before);
        try (Worker late = new Worker(SMALL, WIDE)) {
            late.contribute(after, batch(20, 16), false);
            after.close(new StepTiming(1e-3, 1e4, 0));
        }

        assertThat(after.model().state().totalSamples).isEqualTo(21 * 16);
        assertThat(rival(after).parameters).containsExactly(WIDE.initialParameters(1));
        assertThat(after.judge()).as("nothing that both have scored").isNull();
    }

    @Test
    void afterAChangeOfRolesTheSectionMayMoveToTheModelsPlace() throws IOException {
        Learners before = begin(both(FIXED));
        Learners alone;
        Learners challenged;
        try (Worker worker = new Worker(SMALL, DEEP)) {
            worker.run(before, 0, 20);
            before.swap();
            worker.run(before, 20, 30);
        }
        ModelSpec promoted = DEEP.named("lines");

        alone = restored(alone(promoted, FIXED), before);
        challenged = restored(alone(promoted, FIXED).challengedBy(challenger(WIDE, 0.5, FIXED)), before);

        float[] parameters = before.model().state().parameters;
        assertThat(alone.model().state().parameters).containsExactly(parameters);
        assertThat(challenged.model().state().parameters).containsExactly(parameters);
        assertThat(challenged.isSwapped()).isFalse();
        assertThat(rival(challenged).totalSamples).isZero();
    }

    @Test
    void aStateOfFormatEightHasNoChallenger() throws IOException {
        Learners before = begin(alone(SMALL, FIXED));
        try (Worker worker = new Worker(SMALL)) {
            worker.run(before, 0, 20);
        }
        DataOutputSerializer out = new DataOutputSerializer(256);
        TrainingStateSerializer.INSTANCE.serialize(before.model().snapshot(), out);
        byte[] newest = out.getCopyOfBuffer();
        byte[] old = new byte
                [newest.length - 1]; // without the word that there is none, which stands before the pending samples
        System.arraycopy(newest, 0, old, 0, newest.length - 1 - Integer.BYTES);
        old[0] = 8;

        TrainingState read = TrainingStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(old));
        Learners after = Learners.create(both(FIXED), read, false);

        assertThat(after.model().state().parameters)
                .containsExactly(before.model().state().parameters);
        assertThat(rival(after).totalSamples).isZero();
    }
}
