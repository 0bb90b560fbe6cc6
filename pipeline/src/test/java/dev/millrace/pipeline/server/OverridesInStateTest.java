package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.FixedBatchSize;
import dev.millrace.model.batchsize.GrowOnSettling;
import dev.millrace.model.drift.DriftKind;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class OverridesInStateTest {
    private static final Overrides ALL =
            new Overrides(64, 2, 128, "schedule", 0.25, true, true, List.of("first", "second"));
    private static final String MODEL = """
            {"name":"halves","inputs":2,"layers":[{"dense":{"units":1,"activation":"sigmoid"}}],
             "loss":"binary_crossentropy"}""";

    /** Pinned sizes, and policy auto otherwise. */
    private static ServerSettings settings() {
        Controllers controllers = overrides -> {
            Integer pinned = overrides.pinnedSize();
            return pinned == null ? BatchSizeController.of(GrowOnSettling.of(3)) : Controllers.fixed(pinned);
        };
        return new ServerFixture(
                        "halves", MODEL, new BatchSettings(controllers, 1, 4096, true, DriftKind.PAGE_HINKLEY, true))
                .settings();
    }

    private static TrainingState roundTrip(TrainingState state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        TrainingStateSerializer.INSTANCE.serialize(state, out);
        return TrainingStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    @Test
    void whatCommandsHaveChangedIsInTheCheckpoint() throws IOException {
        Trainer trainer = Trainers.create(settings(), null, true);
        trainer.override(ALL);

        TrainingState restored = roundTrip(trainer.snapshot());

        assertThat(restored.overrides).isEqualTo(ALL);
        assertThat(Trainers.create(settings(), restored, true).state().batchSize.batchSize())
                .isEqualTo(64);
    }

    @Test
    void nothingChangedIsInTheCheckpointToo() throws IOException {
        Trainer trainer = Trainers.create(settings(), null, true);

        assertThat(roundTrip(trainer.snapshot()).overrides).isEqualTo(Overrides.NONE);
    }

    @Test
    void aStateOfFormatThreeHasNoOverrides() throws IOException {
        Trainer trainer = Trainers.create(settings(), null, true);
        DataOutputSerializer out = new DataOutputSerializer(256);
        TrainingStateSerializer.INSTANCE.serialize(trainer.snapshot(), out);
        byte[] newest = out.getCopyOfBuffer();
        int overrides = 5 + 1 + 1 + 4; // five absent values, two flags, no ids
        int features = 4; // none
        int pending = 4;
        byte[] old = new byte[newest.length - overrides - features];
        System.arraycopy(newest, 0, old, 0, old.length - pending);
        old[0] = 3;

        TrainingState restored = TrainingStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(old));

        assertThat(restored.overrides).isEqualTo(Overrides.NONE);
        assertThat(restored.parameters).isEqualTo(trainer.state().parameters);
    }

    @Test
    void aJobWithoutAControlTopicForgetsWhatCommandsHadChanged() throws IOException {
        Trainer trainer = Trainers.create(settings(), null, true);
        int configured = trainer.state().batchSize.batchSize();
        trainer.override(ALL);

        TrainingState restored = Trainers.create(settings(), roundTrip(trainer.snapshot()), false)
                .state();

        assertThat(restored.overrides).isEqualTo(Overrides.NONE);
        assertThat(restored.batchSize.batchSize()).isEqualTo(configured);
    }

    @Test
    void aPinnedSizeCountsAtOnceAndThePolicyBeginsAnewAfterIt() {
        Trainer trainer = Trainers.create(settings(), null, true);
        int configured = trainer.state().batchSize.batchSize();

        trainer.override(Overrides.NONE.withPinnedSize(100));
        int pinned = trainer.state().batchSize.batchSize();
        trainer.override(Overrides.NONE.withPinnedSize(200));
        int pinnedAnew = trainer.state().batchSize.batchSize();
        trainer.override(Overrides.NONE);

        assertThat(pinned).isEqualTo(100);
        assertThat(pinnedAnew).isEqualTo(200);
        assertThat(trainer.state().batchSize.batchSize()).isEqualTo(configured);
    }

    @Test
    void aFixedSizeOfTheConfigurationComesBackAfterAPinnedOne() {
        BatchSettings batch = BatchSettings.of(BatchSizeController.of(new FixedBatchSize(32)));

        assertThat(batch.controllers().of(Overrides.NONE.withPinnedSize(100)).policy())
                .isEqualTo(new FixedBatchSize(100));
        assertThat(batch.controllers().of(Overrides.NONE).policy()).isEqualTo(new FixedBatchSize(32));
    }
}
