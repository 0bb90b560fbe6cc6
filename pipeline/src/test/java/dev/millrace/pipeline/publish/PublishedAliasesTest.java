package dev.millrace.pipeline.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.publish.FileSinkLife.State;
import dev.millrace.pipeline.server.AliasUpdate;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Champion and candidate in a directory, and their audit. */
class PublishedAliasesTest {

    @TempDir
    private Path directory;

    @Test
    void areSeenWithTheirVersionAndNotBefore() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.write(snapshot(7, update(1, 7L, 7L, null, promoted(1, null, 7L))));
            life.barrier(1);
            assertThat(aliases()).isNull();
            assertThat(audit()).isEmpty();

            life.complete(1);

            assertThat(aliases()).isEqualTo(new Aliases("ctr", 1, false, 7L, 7L, null));
            assertThat(audit()).containsExactly(promoted(1, null, 7L));
        }
    }

    @Test
    void aChampionThatNoCheckpointCoversIsNeverSeen() throws Exception {
        State state;
        try (FileSinkLife killed = FileSinkLife.fresh(sink(10))) {
            killed.publish(1, snapshot(7, update(1, 7L, 7L, null, promoted(1, null, 7L))));
            state = killed.barrier(2);
            killed.complete(2);
            killed.write(snapshot(8, update(2, 8L, 8L, 7L, promoted(2, 7L, 8L))));
        }

        FileSinkLife.restored(sink(10), state).close();

        assertThat(aliases()).isEqualTo(new Aliases("ctr", 1, false, 7L, 7L, null));
        assertThat(audit()).containsExactly(promoted(1, null, 7L));
    }

    @Test
    void moveWithoutANewVersion() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.publish(1, snapshot(7, update(1, 7L, 7L, null)));
            life.publish(2, snapshot(8, update(2, 8L, 8L, 7L)));
            AliasChange rollback =
                    new AliasChange(3, 5, AliasChange.Kind.ROLLBACK, 8L, 7L, true, "ada", "c-1", "complaints");

            life.publish(3, alone(8, update(3, 7L, 8L, null, rollback)));

            assertThat(aliases()).isEqualTo(new Aliases("ctr", 3, false, 7L, 8L, null));
            assertThat(audit()).containsExactly(rollback);
            assertThat(new SnapshotDirectory(directory).versions()).containsExactly(7L, 8L);
        }
    }

    @Test
    void areWrittenAndAuditedOnceHoweverOftenTheyAreCommitted() throws Exception {
        State state;
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.write(snapshot(7, update(1, 7L, 7L, null, promoted(1, null, 7L))));
            life.write(alone(7, update(2, 7L, 7L, null, promoted(2, 7L, 7L))));
            state = life.barrier(1);
            life.complete(1);
            life.publish(2, snapshot(8, update(3, 8L, 8L, 7L, promoted(3, 7L, 8L))));
        }

        FileSinkLife.restored(sink(10), state).close();

        assertThat(aliases()).isEqualTo(new Aliases("ctr", 3, false, 8L, 8L, 7L));
        assertThat(audit()).extracting(AliasChange::revision).containsExactly(1L, 2L, 3L);
    }

    @Test
    void anAuditThatACrashCutOffIsMadeWhole() throws Exception {
        State state = killedBeforeTheCommit();
        String cut = promoted(2, 7L, 8L).toJson().substring(0, 40);
        Files.writeString(directory.resolve("audit.jsonl"), cut, StandardOpenOption.APPEND);

        FileSinkLife.restored(sink(10), state).close();

        assertThat(audit()).containsExactly(promoted(1, null, 7L), promoted(2, 7L, 8L));
    }

    @Test
    void anAuditThatWasWrittenRightBeforeTheCrashIsNotWrittenTwice() throws Exception {
        State state = killedBeforeTheCommit();
        Files.writeString(
                directory.resolve("audit.jsonl"), promoted(2, 7L, 8L).toJson() + "\n", StandardOpenOption.APPEND);

        FileSinkLife.restored(sink(10), state).close();

        assertThat(audit()).containsExactly(promoted(1, null, 7L), promoted(2, 7L, 8L));
        assertThat(aliases()).isEqualTo(new Aliases("ctr", 2, false, 8L, 8L, 7L));
    }

    @Test
    void theChampionAndTheOneBeforeOutliveTheRetention() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(2))) {
            life.publish(1, snapshot(1, update(1, 1L, 1L, null)));
            life.publish(2, snapshot(2, update(2, 2L, 2L, 1L)));
            for (long version = 3; version <= 6; version++) {
                life.publish(version, snapshot(version, update(version, 2L, version, 1L)));
            }
        }

        assertThat(new SnapshotDirectory(directory).versions()).containsExactly(1L, 2L, 5L, 6L);
    }

    @Test
    void aVersionThatARollbackNamesIsNotDeletedByTheVersionThatComesWithIt() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(2))) {
            life.publish(1, snapshot(1, update(1, null, 1L, null)));
            life.publish(2, snapshot(2, update(2, null, 2L, null)));
            // Version 1 was promoted when it was still retained; with version 3 it would go.
            life.publish(3, snapshot(3, update(4, 1L, 3L, null)));
        }

        assertThat(new SnapshotDirectory(directory).versions()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void anAliasOfAVersionThatIsNotThereIsLeftOut() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.publish(1, snapshot(9, update(5, 3L, 9L, 2L)));
        }

        assertThat(aliases()).isEqualTo(new Aliases("ctr", 5, false, null, 9L, null));
    }

    @Test
    void aRevisionThatIsHigherAlreadyStays() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.publish(1, snapshot(7, update(1, 7L, 7L, null)));
            Aliases byHand = new Aliases("ctr", 50, true, null, 7L, null);
            Files.writeString(directory.resolve("aliases.json"), byHand.toJson());

            life.publish(2, snapshot(8, update(2, 8L, 8L, 7L)));

            assertThat(aliases()).isEqualTo(byHand);
        }
    }

    @Test
    void whatAnEarlierReleaseStagedIsPublishedWithoutAliases() throws Exception {
        StagedSnapshotSerializer serializer = new StagedSnapshotSerializer();
        StagedSnapshot staged = new StagedSnapshot("ctr", 7, "", "7-a", "");
        byte[] newest = serializer.serialize(staged);
        byte[] second = Arrays.copyOf(newest, newest.length - Short.BYTES); // without the root
        byte[] first = Arrays.copyOf(second, second.length - Integer.BYTES); // and the aliases

        assertThat(serializer.deserialize(1, first)).isEqualTo(staged);
        assertThat(serializer.deserialize(2, second)).isEqualTo(staged);
        StagedSnapshot full = new StagedSnapshot(
                "ctr", 7, "/versions", "", update(1, 7L, 7L, null).toText());
        assertThat(serializer.deserialize(3, serializer.serialize(full))).isEqualTo(full);
    }

    /** Version 7 is published, and version 8 with the second promotion is in a checkpoint that was not committed. */
    private State killedBeforeTheCommit() throws Exception {
        try (FileSinkLife life = FileSinkLife.fresh(sink(10))) {
            life.publish(1, snapshot(7, update(1, 7L, 7L, null, promoted(1, null, 7L))));
        }
        try (FileSinkLife killed = FileSinkLife.fresh(sink(10))) {
            killed.write(snapshot(8, update(2, 8L, 8L, 7L, promoted(2, 7L, 8L))));
            return killed.barrier(1);
        }
    }

    private SnapshotFileSink sink(int retained) {
        return new SnapshotFileSink(directory.toString(), retained);
    }

    private static AliasUpdate update(
            long revision, @Nullable Long champion, Long candidate, @Nullable Long previous, AliasChange... changes) {
        return new AliasUpdate(new Aliases("ctr", revision, false, champion, candidate, previous), List.of(changes));
    }

    private static AliasChange promoted(long revision, @Nullable Long from, Long to) {
        return new AliasChange(revision, 5, AliasChange.Kind.PROMOTE, from, to, false, "gate", "", "better");
    }

    private static SnapshotRecord[] snapshot(long version, AliasUpdate update) {
        return TestSnapshots.records("ctr", version, 1, update).toArray(new SnapshotRecord[0]);
    }

    private static SnapshotRecord alone(long version, AliasUpdate update) {
        return new SnapshotRecord("ctr", version, SnapshotRecord.ALIASES_ALONE, 2, new byte[0], "{}", update.toText());
    }

    private @Nullable Aliases aliases() {
        return new SnapshotDirectory(directory).aliases();
    }

    private List<AliasChange> audit() throws IOException {
        Path file = directory.resolve("audit.jsonl");
        if (!Files.exists(file)) return List.of();
        return Files.readAllLines(file).stream().map(AliasChange::fromJson).toList();
    }
}
