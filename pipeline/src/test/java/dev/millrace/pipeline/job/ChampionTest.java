package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.cli.Ran;
import dev.millrace.pipeline.server.GateOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream whose labels turn into noise, a gate, people who move the champion, and a worker that fails meanwhile. */
@Timeout(240)
class ChampionTest {

    @Test
    void badCandidatesDoNotMoveItAndPeopleDo(@TempDir Path directory) throws Exception {
        try (GatedJob job = new GatedJob(directory)) {
            SnapshotDirectory published = job.published();
            FailingOnceEngine.Factory failing =
                    new FailingOnceEngine.Factory(4_000, job.checkpoints().toString());
            job.start(failing);
            try (AliasWatch watch = new AliasWatch(published)) {
                Aliases good = job.twoChampions();

                // The worker fails within this, once a checkpoint is there: what was decided meanwhile is decided anew.
                job.produce(4_000, false);
                job.awaitLearnt();
                Aliases afterNoise = job.allPublished();
                assertThat(failing.hasFailed()).isTrue();
                assertThat(job.decisions()).extracting(GateOutcome::reason).contains("worse");
                assertThat(afterNoise.champion()).isEqualTo(good.champion());
                assertThat(afterNoise.candidate()).isGreaterThan(Objects.requireNonNull(good.candidate()));
                assertThat(afterNoise.revision()).isGreaterThan(good.revision());

                rolledBack(job, good);
                promotedByTheGateAgain(job);
                pinned(job);
                watch.assertNeverAstray();
            }
            job.cancel();
            offline(job);
        }
    }

    /** No samples come, so no version is due: the alias moves with the next checkpoint all the same. */
    private static void rolledBack(GatedJob job, Aliases before) throws IOException {
        String file = job.file().toString();
        Ran ran = Ran.millrace("snapshot", "rollback", "--config", file, "--reason", "complaints since noon");

        assertThat(ran.out().trim())
                .isEqualTo("halves: champion: version " + before.previous()
                        + "; readers see it when the next checkpoint has completed");
        Aliases after = job.awaitAliases(aliases -> Objects.equals(aliases.champion(), before.previous()));
        assertThat(after.candidate()).isEqualTo(job.published().current().version());
        AliasChange last = job.lastAudited();
        assertThat(last.kind()).isEqualTo(AliasChange.Kind.ROLLBACK);
        assertThat(last.from()).isEqualTo(before.champion());
        assertThat(last.who()).isEqualTo(System.getProperty("user.name"));
        assertThat(last.reason()).isEqualTo("complaints since noon");
        Awaitility.await()
                .atMost(GatedJob.LIMIT)
                .until(() -> job.aliasesOnTheTopic().equals(after));
        assertThat(Ran.millrace("snapshot", "rollback", "--config", file).out())
                .contains("there is no champion before");
        assertThat(Ran.millrace("snapshot", "promote", "999999", "--config", file)
                        .out())
                .contains("refused to promote a version: version must be one that is retained", "Received: 999999");
    }

    private static void promotedByTheGateAgain(GatedJob job) {
        Aliases before = Objects.requireNonNull(job.published().aliases());
        job.produce(4_000, true);

        job.awaitAnotherChampion(before.champion());

        Awaitility.await()
                .atMost(GatedJob.LIMIT)
                .until(() -> job.lastAudited().who().equals(AliasChange.GATE));
    }

    private static void pinned(GatedJob job) {
        assertThat(Ran.millrace("snapshot", "pin", "--config", job.file().toString())
                        .exitCode())
                .isZero();
        job.produce(500, true);
        job.await(report -> report.aliases().decisions().stream()
                .anyMatch(decision -> decision.reason().equals("pinned")));
        assertThat(job.awaitAliases(Aliases::pinned).champion()).isNotNull();
    }

    /** The job is gone, the directory is not. */
    private static void offline(GatedJob job) throws IOException {
        SnapshotDirectory published = job.published();
        Aliases before = Objects.requireNonNull(published.aliases());
        String place = published.place();

        Ran refused = Ran.millrace("snapshot", "rollback", "--offline", "-d", place);
        Ran ran = Ran.millrace("snapshot", "rollback", "--pin", "--offline", "-d", place, "--reason", "night");

        assertThat(refused.out()).contains("the champion is pinned");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        Aliases after = Objects.requireNonNull(published.aliases());
        assertThat(after.champion()).isEqualTo(before.previous());
        assertThat(after.revision()).isGreaterThan(before.revision());
        assertThat(job.lastAudited().reason()).isEqualTo("night");
        assertThat(Ran.millrace("snapshot", "list", "-d", place).out())
                .contains(
                        "champion: version " + after.champion() + ", pinned",
                        "candidate: version " + after.candidate());
    }

    /** A reader that looks again and again: revisions rise, and each alias leads to a version that is there. */
    private static final class AliasWatch implements AutoCloseable {
        private static final long PAUSE_NANOS = 2_000_000; // the job wants the cores, too

        private final SnapshotDirectory published;
        private final List<String> astray = new ArrayList<>();
        private final Thread thread = new Thread(this::look, "alias-watch");
        private volatile boolean closing;
        private volatile boolean looked;

        AliasWatch(SnapshotDirectory published) {
            this.published = published;
            thread.start();
        }

        private void look() {
            long revision = 0;
            while (!closing) {
                Aliases aliases = published.aliases();
                if (aliases == null) continue;
                if (aliases.revision() < revision) note("revision " + aliases.revision() + " after " + revision);
                revision = aliases.revision();
                List<Long> versions = published.versions();
                boolean all = versions.containsAll(aliases.versions().values());
                // What was retained when the aliases were read may be gone after a later revision.
                if (!all && aliases.equals(published.aliases())) note(aliases + " with " + versions);
                looked = true;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private synchronized void note(String problem) {
            astray.add(problem);
        }

        synchronized void assertNeverAstray() {
            assertThat(looked).isTrue();
            assertThat(astray).isEmpty();
        }

        @Override
        public void close() {
            closing = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
