package dev.millrace.pipeline.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.publish.FileSinkLife.State;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            assertThat(parameters(7)).isEqualTo(TestSnapshots.parameters(1));
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

    /** Its place is a matter of the configuration; what the checkpoint staged is where it was. */
    @Test
    void shouldGoOnInAnotherDirectoryThanTheOneOfTheCheckpoint() throws Exception {
        State state;
        try (FileSinkLife killed = FileSinkLife.fresh(new SnapshotFileSink(elsewhere(), 10))) {
            killed.write(snapshot(7, 1));
            state = killed.barrier(1);
        }

        try (FileSinkLife next = FileSinkLife.restored(sink(10), state)) {
            assertThat(versions()).isEmpty();
            next.publish(2, snapshot(9, 1));
        }

        assertThat(versions()).containsExactly(9L);
        assertThat(current()).isEqualTo(9);
    }

    @Test
    void shouldRefuseToGoOnWhereSomebodyDeletedWhatWasStaged() throws Exception {
        State state;
        try (FileSinkLife killed = FileSinkLife.fresh(sink(10))) {
            killed.write(snapshot(7, 1));
            state = killed.barrier(1);
        }
        Files.move(directory.resolve(".staging"), directory.resolve("gone"));

        assertThatThrownBy(() -> FileSinkLife.restored(sink(10), state))
                .hasStackTraceContaining("somebody else deletes files there");
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
        StagedSnapshot pending = new StagedSnapshot("ctr", 7, directory.toString(), staged().get(0), "");

        new SnapshotStore(new LocalFiles(directory)).sweep(Set.of(pending.name()));

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

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"format\": 1, \"mod", "null"})
    void shouldWriteTheManifestOfTheNewestVersionWhereTheWriteBeforeWasCutOff(String rest) throws Exception {
        State state;
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.write(snapshot(7, 1));
            state = life.barrier(1);
            life.complete(1);
            life.publish(2, snapshot(8, 1));
            life.publish(3, snapshot(9, 1));
        }
        Files.writeString(directory.resolve("current.json"), rest);

        try (FileSinkLife next = FileSinkLife.restored(sink(10), state)) {
            assertThat(current()).isEqualTo(9);
            next.publish(4, snapshot(11, 1));
        }

        assertThat(versions()).containsExactly(7L, 8L, 9L, 11L);
        assertThat(current()).isEqualTo(11);
    }

    @Test
    void shouldGoOnPublishingWhereNothingIsPendingAndTheCurrentManifestCannotBeRead() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(1))) {
            life.publish(1, snapshot(7, 1));
            Files.writeString(directory.resolve("current.json"), "");
            life.publish(2, snapshot(8, 1));

            assertThat(current()).isEqualTo(8);
        }
    }

    /** Readers take such a URI for a directory of this machine; Flink's file system would write over files, without a rename. */
    @Test
    void shouldRenameAtomicallyWhereTheDirectoryIsAFileUri() throws Exception {
        Path held = directory.resolve("held.json");
        try (FileSinkLife life =
                FileSinkLife.fresh(new SnapshotFileSink(directory.toUri().toString(), 10))) {
            life.publish(1, snapshot(7, 1));
            Files.createLink(held, directory.resolve("current.json"));
            life.publish(2, snapshot(8, 1));
        }

        assertThat(current()).isEqualTo(8);
        assertThat(Files.readString(held))
                .as("the file that was replaced is as it was")
                .isEqualTo(Files.readString(directory.resolve("versions/7/manifest.json")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hdfs://namenode:8020/models", "HDFS:///models", "webhdfs://namenode/models"})
    void shouldRefuseHdfsWhichShowsFilesBeforeTheyAreWhole(String place) {
        assertThatThrownBy(() -> StoreFiles.of(place))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("before they are whole. Received: " + place);
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

        assertThat(parameters(7)).isEqualTo(TestSnapshots.parameters(1));
    }

    @Test
    void shouldRefuseTheDirectoryOfAnotherModel() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.publish(1, snapshot(7, 1));
            SnapshotRecord[] other = TestSnapshots.records("fraud", 8, 1).toArray(new SnapshotRecord[0]);

            assertThatThrownBy(() -> life.write(other)).rootCause().hasMessageContaining("belongs to model ctr");
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

    private String elsewhere() {
        return directory.resolve("before").toString();
    }

    private SnapshotFileSink sink(int retained) {
        return new SnapshotFileSink(directory.toString(), retained);
    }

    private static SnapshotRecord[] snapshot(long version, int content) {
        return TestSnapshots.records("ctr", version, content).toArray(new SnapshotRecord[0]);
    }

    private List<Long> versions() {
        return new SnapshotDirectory(directory).versions();
    }

    private long current() {
        return new SnapshotDirectory(directory).current().version();
    }

    private float[] parameters(long version) {
        return new SnapshotDirectory(directory).load(version).parameters();
    }

    private List<String> staged() throws IOException {
        try (Stream<Path> paths = Files.list(directory.resolve(".staging"))) {
            return paths.map(path -> path.getFileName().toString()).toList();
        }
    }
}
