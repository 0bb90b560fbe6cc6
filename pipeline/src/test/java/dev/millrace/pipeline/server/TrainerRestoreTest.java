package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.batchsize.BatchSizeBounds;
import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.BatchSizePolicy;
import dev.millrace.model.batchsize.ControllerSettings;
import dev.millrace.model.batchsize.GrowOnSettling;
import dev.millrace.model.drift.DriftKind;
import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.gradient.EngineUsed;
import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.minibatch.SplitProgress;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training that goes on from a checkpoint against training that was never interrupted; labels turn round at step 400. */
class TrainerRestoreTest {
    private static final int STEPS = 700;
    private static final int DRIFT = 400;
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: halves
            inputs: 3
            layers:
              - dense: {units: 4, activation: tanh}
              - dense: {units: 1, activation: sigmoid}
            loss: binary_crossentropy
            """);

    @ParameterizedTest(name = "restored at step {0}")
    @ValueSource(ints = {0, 1, 57, 58, 87, 88, 250, 399, 410, 600})
    void hasTheSameFuture(int at) throws Exception {
        Trainer whole = Trainers.create(settings(), null, false);
        run(whole, 0, STEPS);

        Trainer before = Trainers.create(settings(), null, false);
        run(before, 0, at);
        Trainer after = Trainers.create(settings(), copy(before.snapshot()), false);
        run(after, at, STEPS);

        assertThat(after.state().batchSize.toArray())
                .containsExactly(whole.state().batchSize.toArray());
        assertThat(after.state().parameters).containsExactly(whole.state().parameters);
        assertThat(after.state().anchor).containsExactly(whole.state().anchor);
        assertThat(after.snapshot().drift).containsExactly(whole.snapshot().drift);
        assertThat(whole.state().drifts).as("drifts, or nothing was tested").isPositive();
        assertThat(whole.state().batchSize.batchSize()).as("grown").isGreaterThan(16);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"momentum, nesterov, true", "adam, adamw, true", "momentum, adagrad, false", "adam, ftrl, false"})
    void keepsAnOptimizersStateOnlyForOneOfItsKind(String before, String after, boolean kept) throws Exception {
        Trainer trainer = Trainers.create(settings(before), null, false);
        run(trainer, 0, 5);
        float[] slot = trainer.state().optimizerState.slots()[0].clone();

        TrainingState restored = Trainers.create(settings(after), copy(trainer.snapshot()), false)
                .state();

        float[] begun =
                OptimizerSpec.of(Map.of("name", after)).rule().init(slot.length).slots()[0];
        assertThat(restored.optimizerState.slots()[0]).containsExactly(kept ? slot : begun);
        assertThat(restored.optimizerSteps).isEqualTo(kept ? 5 : 0);
        assertThat(restored.parameters).containsExactly(trainer.state().parameters);
    }

    private static void run(Trainer trainer, int from, int to) {
        GradientSum sum = new GradientSum(SPEC.layout().size(), true);
        try (GradientEngine engine = Engines.factory("nd4j").create(SPEC)) {
            for (int step = from; step < to; step++) {
                float[] parameters = trainer.state().parameters;
                engine.upload(0, parameters, parameters.length);
                SampleBatch batch = batch(step, trainer.state().batchSize.batchSize());
                engine.lossAndGradient(batch, 4096, sum);
                trainer.add(gradient(batch, sum));
                trainer.close(new StepTiming(1e-4 + 1e-6 * batch.rows(), 1e4, 0));
            }
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

    private static Gradient gradient(SampleBatch batch, GradientSum sum) {
        Gradient gradient = new Gradient();
        gradient.version = Long.MAX_VALUE;
        gradient.length = sum.gradient.length;
        gradient.values = sum.gradient;
        float[] losses = Arrays.copyOf(sum.pieceLosses, sum.pieceCount);
        gradient.summary = new Gradient.Summary(
                batch.rows(),
                Outcomes.of(SPEC.loss(), 1, batch, sum),
                new SplitProgress(),
                1,
                1,
                1,
                new Gradient.Signals(sum.squaredNormSum, losses, 0, 0),
                new EngineUsed("nd4j", ""));
        return gradient;
    }

    private static TrainingState copy(TrainingState state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(1 << 12);
        TrainingStateSerializer.INSTANCE.serialize(state, out);
        return TrainingStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    private static ServerSettings settings() {
        return settings("momentum");
    }

    private static ServerSettings settings(String optimizer) {
        BatchSizePolicy policy = GrowOnSettling.of(SPEC.layout().size());
        BatchSizeController controller =
                new BatchSizeController(policy, ControllerSettings.recommended(new BatchSizeBounds(1, 1024)));
        return new ServerFixture(
                        SPEC.name(),
                        SPEC.toJson(),
                        new BatchSettings(Controllers.always(controller), 1, 1024, true, DriftKind.PAGE_HINKLEY, true))
                .seed(7)
                .optimizer(optimizer)
                .settings();
    }
}
