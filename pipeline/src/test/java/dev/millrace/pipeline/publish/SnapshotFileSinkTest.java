package dev.millrace.pipeline.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.publish.FileSinkLife.State;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileSinkTest {

    @TempDir
    private Path directory;

    @Test
    void shouldShowAVersionOnlyAfterItsCheckpointHasCompleted() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.write(snapshot(7, 1));
            life.barrier(1);
            assertThat(versions()).isEmpty();
            assertThat(directory.resolve("current.json")).doesNotExist();

            life.complete(1);

            assertThat(versions()).containsExactly(7L);
            assertThat(version(7).resolve("model.safetensors")).hasBinaryContent(new byte[] {7, 0, 1, 7, 1, 1});
            assertThat(version(7).resolve("manifest.json")).hasContent("manifest of 7");
            assertThat(current()).isEqualTo(7);
            assertThat(staged()).isEmpty();
        }
    }

    @Test
    void shouldPublishAfterARestoreWhatWasStagedBeforeTheKill() throws Exception {
        State state;
        try (FileSinkLife killed = FileSinkLife.fresh(sink(10))) {
            killed.write(snapshot(7, 1));
            state = killed.barrier(1);
        }
        assertThat(versions()).isEmpty();

        try (FileSinkLife next = FileSinkLife.restored(sink(10), state)) {
            assertThat(versions()).containsExactly(7L);
            next.publish(2, snapshot(9, 1));
        }

        assertThat(versions()).containsExactly(7L, 9L);
        assertThat(current()).isEqualTo(9);
    }

    @Test
    void shouldCommitASecondTimeWithoutEffect() throws Exception {
        State state;
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.write(snapshot(7, 1));
            state = life.barrier(1);
            life.complete(1);
            life.publish(2, snapshot(9, 1));
        }

        FileSinkLife.restored(sink(10), state).close();

        assertThat(versions()).containsExactly(7L, 9L);
        assertThat(current()).isEqualTo(9);
    }

    @Test
    void shouldSweepWhatNoCheckpointKnows() throws Exception {
        State state;
        try (FileSinkLife killed = FileSinkLife.fresh(sink(10))) {
            state = killed.barrier(1);
            killed.complete(1);
            killed.write(snapshot(7, 1));
        }
        assertThat(staged()).hasSize(1);

        FileSinkLife.restored(sink(10), state).close();

        assertThat(staged()).isEmpty();
        assertThat(versions()).isEmpty();
    }

    @Test
    void shouldKeepStagedFilesOfACheckpointThatIsNotCompleteWhenTheWriterStartsFirst() throws Exception {
        State state;
        try (FileSinkLife killed = FileSinkLife.fresh(sink(10))) {
            killed.write(snapshot(7, 1));
            state = killed.barrier(1);
        }
        StagedSnapshot pending = new StagedSnapshot("ctr", 7, staged().get(0));

        new SnapshotStore(directory).sweep(Set.of(pending.name()));

        assertThat(staged()).containsExactly(pending.name());
        FileSinkLife.restored(sink(10), state).close();
        assertThat(versions()).containsExactly(7L);
    }

    @Test
    void shouldNeverMoveTheCurrentVersionBackwards() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.publish(1, snapshot(20, 1));
            life.publish(2, snapshot(15, 1));
        }

        assertThat(versions()).containsExactly(15L, 20L);
        assertThat(current()).isEqualTo(20);
    }

    @Test
    void shouldKeepTheNewestVersionsAndAlwaysTheLiveAndThePreviousOne() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(1))) {
            for (long version = 1; version <= 5; version++) {
                life.publish(version, snapshot(version, 1));
            }
        }

        assertThat(versions()).containsExactly(4L, 5L);
        assertThat(staged()).isEmpty();
    }

    @Test
    void shouldRefuseASecondContentOfAVersionForGood() throws Exception {
        try (FileSinkLife first = FileSinkLife.fresh(sink(10))) {
            first.publish(1, snapshot(7, 1));
        }

        try (FileSinkLife second = FileSinkLife.fresh(sink(10))) {
            second.write(snapshot(7, 2));
            second.barrier(1);

            assertThatThrownBy(() -> second.complete(1))
                    .isInstanceOf(SuppressRestartsException.class)
                    .rootCause()
                    .hasMessageContaining("Version 7 of model ctr was not published")
                    .hasMessageContaining("start the job from its newest savepoint");
        }

        assertThat(version(7).resolve("model.safetensors")).hasBinaryContent(new byte[] {7, 0, 1, 7, 1, 1});
    }

    @Test
    void shouldRefuseTheDirectoryOfAnotherModel() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.publish(1, snapshot(7, 1));
            SnapshotRecord part = new SnapshotRecord("fraud", 8, 0, 1, new byte[] {1}, "");
            SnapshotRecord manifest = new SnapshotRecord("fraud", 8, 1, 1, new byte[0], "{}");

            assertThatThrownBy(() -> life.write(part, manifest))
                    .rootCause()
                    .hasMessageContaining("belongs to model ctr");
        }
    }

    @Test
    void shouldRefuseABarrierWithinASnapshotAndRecordsOutOfOrder() throws Exception {
        SnapshotRecord[] records = snapshot(7, 1);
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.write(records[0]);

            assertThatThrownBy(() -> life.barrier(1))
                    .hasStackTraceContaining("barrier came within a snapshot, after ctr/7/0 of 2");
        }
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            assertThatThrownBy(() -> life.write(records[1])).hasMessageContaining("ctr/7/1 of 2 after nothing");
        }
    }

    /** Files whose content is simply what came: the real format has tests of its own. */
    private SnapshotFileSink sink(int retained) {
        return new SnapshotFileSink(directory, retained, SnapshotFileSinkTest::concatenate);
    }

    private static void concatenate(Path to, String manifest, List<byte[]> parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        Files.write(to.resolve("model.safetensors"), all.toByteArray());
        Files.writeString(to.resolve("manifest.json"), manifest);
    }

    /** Two parts that say version, part and content, and the manifest. */
    private static SnapshotRecord[] snapshot(long version, int content) {
        byte[] first = {(byte) version, 0, (byte) content};
        byte[] second = {(byte) version, 1, (byte) content};
        return new SnapshotRecord[] {
            new SnapshotRecord("ctr", version, 0, 2, first, ""),
            new SnapshotRecord("ctr", version, 1, 2, second, ""),
            new SnapshotRecord("ctr", version, 2, 2, new byte[0], "manifest of " + version)
        };
    }

    private List<Long> versions() throws IOException {
        return new SnapshotStore(directory).versions();
    }

    private long current() throws IOException {
        SnapshotStore.Current current = new SnapshotStore(directory).current();
        return current == null ? 0 : current.version();
    }

    private Path version(long version) {
        return directory.resolve("versions").resolve(Long.toString(version));
    }

    private List<String> staged() throws IOException {
        try (Stream<Path> paths = Files.list(directory.resolve(".staging"))) {
            return paths.map(path -> path.getFileName().toString()).toList();
        }
    }
}
