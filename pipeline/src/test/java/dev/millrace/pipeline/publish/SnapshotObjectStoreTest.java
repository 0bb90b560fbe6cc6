package dev.millrace.pipeline.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.publish.FileSinkLife.State;
import dev.millrace.pipeline.server.AliasUpdate;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.function.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions in an object store, which has no renames: whenever the job is stopped, a reader finds whole versions alone. */
class SnapshotObjectStoreTest {
    private static final String ROOT = "/ctr";

    @TempDir
    private Path copies;

    private int copy;

    private final ObjectStore store = ObjectStore.INSTANCE;

    @BeforeEach
    void isEmpty() {
        store.clear();
    }

    @Test
    void aVersionIsThereWhenItsCheckpointHasCompleted() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.write(snapshot(7));
            life.barrier(1);
            assertThat(seen().versions()).isEmpty();

            life.complete(1);
        }

        assertThat(seen().current().version()).isEqualTo(7);
        assertThat(seen().load(7).parameters()).isEqualTo(TestSnapshots.parameters(1));
        assertThat(seen().aliases()).isEqualTo(new Aliases("ctr", 7, false, 7L, 7L, null));
    }

    @Test
    void stoppedAnywhereWithinACommitItShowsWholeVersionsAndGoesOn() throws Exception {
        int changes = 0;
        boolean completed = false;
        for (; !completed; changes++) {
            store.clear();
            State state;
            try (FileSinkLife killed = FileSinkLife.fresh(sink(2))) {
                killed.publish(1, snapshot(5));
                killed.publish(2, snapshot(6));
                killed.write(snapshot(7));
                state = killed.barrier(3);
                store.failAfter(changes);
                completed = succeeds(() -> killed.complete(3));
                if (!completed) assertThat(store.changes()).isEqualTo(changes); // it was stopped where it was to be
            }
            store.neverFail();
            everyVersionSeenIsWhole();

            try (FileSinkLife next = FileSinkLife.restored(sink(2), state)) {
                next.publish(4, snapshot(9));
            }

            everyVersionSeenIsWhole();
            SnapshotDirectory seen = seen();
            assertThat(seen.versions()).containsExactly(7L, 9L);
            assertThat(seen.current().version()).isEqualTo(9);
            assertThat(seen.aliases()).isEqualTo(new Aliases("ctr", 9, false, 9L, 9L, 7L));
            assertThat(audited()).containsExactly(5L, 6L, 7L, 9L); // each change once
            assertThat(Files.exists(newestCopy().resolve(".staging"))).isFalse();
        }
        assertThat(changes).isGreaterThan(8); // two files, the mark, the manifest, aliases, audit, and what leaves
    }

    @Test
    void whatNoCheckpointKnowsIsSwept() throws Exception {
        State state;
        try (FileSinkLife killed = FileSinkLife.fresh(sink(10))) {
            state = killed.barrier(1);
            killed.complete(1);
            killed.write(snapshot(7));
        }

        FileSinkLife.restored(sink(10), state).close();

        assertThat(Files.exists(seenAt().resolve(".staging"))).isFalse();
        assertThat(seen().versions()).isEmpty();
    }

    @Test
    void aSecondContentOfAVersionIsRefused() throws Exception {
        try (FileSinkLife first = FileSinkLife.fresh(sink(10))) {
            first.publish(1, TestSnapshots.records("ctr", 7, 1).toArray(new SnapshotRecord[0]));
        }
        try (FileSinkLife second = FileSinkLife.fresh(sink(10))) {
            second.write(TestSnapshots.records("ctr", 7, 2).toArray(new SnapshotRecord[0]));
            second.barrier(1);

            assertThatThrownBy(() -> second.complete(1))
                    .rootCause()
                    .hasMessageContaining("objects://bucket/ctr/versions/7 holds other parameters");
        }
        assertThat(seen().load(7).parameters()).isEqualTo(TestSnapshots.parameters(1));
    }

    private static boolean succeeds(ThrowingRunnable<Exception> commit) {
        try {
            commit.run();
            return true;
        } catch (Exception e) {
            assertThat(e).hasStackTraceContaining("the connection to the store was cut");
            return false;
        }
    }

    private static SnapshotFileSink sink(int retained) {
        return new SnapshotFileSink(ObjectStore.SCHEME + "://bucket" + ROOT, retained);
    }

    /** Each version is promoted at once, with its number as the revision. */
    private static SnapshotRecord[] snapshot(long version) {
        Long before = version == 5 ? null : Long.valueOf(version == 9 ? 7 : version - 1);
        AliasUpdate update = new AliasUpdate(
                new Aliases("ctr", version, false, version, version, before),
                List.of(new AliasChange(
                        version, 0, AliasChange.Kind.PROMOTE, before, version, false, AliasChange.GATE, "", "better")));
        return TestSnapshots.records("ctr", version, 1, update).toArray(new SnapshotRecord[0]);
    }

    private void everyVersionSeenIsWhole() throws IOException {
        SnapshotDirectory seen = seen();
        for (long version : seen.versions()) seen.load(version);
        seen.load(seen.current().version());
        Aliases aliases = seen.aliases();
        if (aliases != null) for (long version : aliases.versions().values()) seen.load(version);
    }

    private List<Long> audited() throws IOException {
        List<Long> revisions = new ArrayList<>();
        for (String line : Files.readAllLines(newestCopy().resolve("audit.jsonl"))) {
            revisions.add(AliasChange.fromJson(line).revision());
        }
        return revisions;
    }

    private SnapshotDirectory seen() throws IOException {
        return new SnapshotDirectory(seenAt());
    }

    private Path seenAt() throws IOException {
        copy++;
        Files.createDirectories(newestCopy());
        store.copyTo(ROOT, newestCopy());
        return newestCopy();
    }

    private Path newestCopy() {
        return copies.resolve(Integer.toString(copy));
    }
}
