package dev.millrace.model.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotAssembler;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SwapsUnderLoadTest {
    private static final int READERS = 8;
    private static final long MEBIBYTE = 1 << 20;

    private final VersionsInMemory versions = new VersionsInMemory(Identified.snapshot(1));
    private final Follower follower = new Follower(
            versions,
            VersionChoice.NEWEST,
            new SnapshotListener() {},
            new Freshness(Clock.systemUTC(), null, Instant.EPOCH));
    private long before;

    @BeforeEach
    void serveTheFirst() {
        before = OffHeap.liveBytes();
        follower.poll();
    }

    @Test
    void eachPredictionIsOfTheVersionItCameWithWhileAHundredVersionsSwap() throws InterruptedException {
        ServedModel first = Objects.requireNonNull(follower.current());
        try (Readers readers = new Readers(READERS, follower::current)) {
            for (long version = 2; version <= 101; version++) {
                readers.awaitOneMoreOfEach();
                versions.publish(Identified.snapshot(version));
                follower.poll();
            }
            readers.awaitOneMoreOfEach();

            assertThat(readers.end()).containsOnly(101L);
        }
        assertThat(Identified.versionOf(first))
                .as("who kept the first still has it")
                .isEqualTo(1);
        follower.close();
        assertThat(OffHeap.liveBytes()).isEqualTo(before);
    }

    @Test
    void onlyTheModelThatServesHoldsMemory() throws InterruptedException {
        try (Readers readers = new Readers(READERS, follower::current)) {
            for (long version = 2; version <= 40; version++) {
                versions.publish(Identified.snapshot(version));
                follower.poll();
                readers.awaitOneMoreOfEach();
                assertThat(Objects.requireNonNull(follower.current()).predictors())
                        .as("no more than predicted at once")
                        .isLessThanOrEqualTo(READERS);
            }
            readers.end();
        }
        long one = OffHeap.liveBytes() - before;
        ServedModel model = ServedModel.of(Identified.snapshot(1));
        long parameters = OffHeap.liveBytes() - before - one;
        Identified.versionOf(model);
        long predictor = OffHeap.liveBytes() - before - one - parameters;
        model.close();

        assertThat(one)
                .isEqualTo(parameters
                        + predictor * Objects.requireNonNull(follower.current()).predictors());
        follower.close();
        assertThat(OffHeap.liveBytes()).isEqualTo(before);
    }

    @Test
    void closedUnderLoadItServesOnAndItsMemoryGoesWithTheLastPrediction() throws InterruptedException {
        try (Readers readers = new Readers(READERS, follower::current)) {
            readers.awaitOneMoreOfEach();
            follower.close();
            readers.awaitOneMoreOfEach();

            assertThat(readers.end()).containsOnly(1L);
        }
        assertThat(OffHeap.liveBytes()).isEqualTo(before);
    }

    /** A model is 1.6 MB, and its buffers 6 MB: what three hundred left behind would be 2 GB. */
    @Test
    void threeHundredSwapsLeaveTheProcessAsLargeAsItWas() {
        ModelSpec spec = ModelSpec.fromYaml("""
                name: large
                inputs: 784
                layers:
                  - dense: {units: 512, activation: relu}
                  - dense: {units: 10, activation: softmax}
                loss: categorical_crossentropy
                """);
        float[] parameters = spec.initialParameters(1);
        VersionsInMemory large = new VersionsInMemory(snapshot(spec, 1, parameters));
        Follower swapping = new Follower(
                large,
                VersionChoice.NEWEST,
                new SnapshotListener() {},
                new Freshness(Clock.systemUTC(), Duration.ofDays(1), Instant.EPOCH));
        for (int version = 1; version <= 30; version++) swap(large, swapping, snapshot(spec, version, parameters));
        long process = Pointer.physicalBytes();
        long counted = OffHeap.liveBytes();

        for (int version = 31; version <= 330; version++) swap(large, swapping, snapshot(spec, version, parameters));

        assertThat(OffHeap.liveBytes()).isEqualTo(counted);
        // Malloc's own reserves and the growth of the heap are in this.
        assertThat(Pointer.physicalBytes() - process).isLessThan(400 * MEBIBYTE);
        swapping.close();
        follower.close();
    }

    private static void swap(VersionsInMemory versions, Follower follower, Snapshot next) {
        versions.publish(next);
        follower.poll();
        ServedModel model = Objects.requireNonNull(follower.current());
        assertThat(model.version()).isEqualTo(next.manifest().version());
        model.predict(new float[784], 1, new float[10]);
    }

    private static Snapshot snapshot(ModelSpec spec, long version, float[] parameters) {
        SnapshotParts parts = SnapshotParts.split(spec, version, 1, parameters, Map.of(), 1 << 22);
        SnapshotAssembler assembler = new SnapshotAssembler(parts.manifest());
        for (int i = 0; i < parts.parts().size(); i++)
            assembler.add(i, parts.parts().get(i));
        return assembler.finish();
    }
}
