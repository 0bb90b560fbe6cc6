package dev.millrace.pipeline.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.publish.FileSinkLife.State;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model and challenger through one file sink, each into its directory. */
class TwoModelsTest {

    @TempDir
    private Path directory;

    private SnapshotFileSink both() {
        return new SnapshotFileSink(
                Map.of(
                        "ctr",
                        directory.toString(),
                        "rival",
                        directory.resolve("challenger").toString()),
                2);
    }

    private SnapshotFileSink alone() {
        return new SnapshotFileSink(Map.of("ctr", directory.toString()), 2);
    }

    private static SnapshotRecord[] snapshot(String model, long version) {
        return TestSnapshots.records(model, version, (int) version).toArray(SnapshotRecord[]::new);
    }

    private SnapshotDirectory challenger() {
        return new SnapshotDirectory(directory.resolve("challenger"));
    }

    @Test
    void eachHasVersionsAndRetentionOfItsOwn() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(both())) {
            for (long version = 1; version <= 4; version++) {
                life.write(snapshot("ctr", version));
                if (version % 2 == 0) life.write(snapshot("rival", version));
                life.barrier(version);
                life.complete(version);
            }
        }

        assertThat(new SnapshotDirectory(directory).versions()).containsExactly(3L, 4L);
        assertThat(challenger().versions()).containsExactly(2L, 4L);
        assertThat(challenger().load().manifest().model()).isEqualTo("rival");
    }

    @Test
    void whatAChallengerHadStagedDoesNotHinderAJobWithoutIt() throws Exception {
        State state;
        try (FileSinkLife life = FileSinkLife.fresh(both())) {
            life.write(snapshot("ctr", 7));
            life.write(snapshot("rival", 7));
            state = life.barrier(1);
        }

        try (FileSinkLife life = FileSinkLife.restored(alone(), state)) {
            life.publish(2, snapshot("ctr", 8));
        }

        assertThat(new SnapshotDirectory(directory).versions()).containsExactly(7L, 8L);
        assertThat(challenger().versions()).isEmpty();
    }
}
