package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.pipeline.cli.Ran;
import dev.millrace.pipeline.server.AliasReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class AliasesAcrossSavepointTest {

    /**
     * The job that goes on publishes to another directory, which is empty: what it knows of champion and revision can only be from
     * the savepoint, not adopted from what the one before had published.
     */
    @Test
    void championCandidatePinAndRevisionGoOnInTheJobThatIsRestored(@TempDir Path directory) throws Exception {
        try (GatedJob job = new GatedJob(directory)) {
            job.start();
            Aliases two = job.twoChampions();
            assertThat(Ran.millrace("snapshot", "pin", "--config", job.file().toString())
                            .exitCode())
                    .isZero();
            job.awaitAliases(Aliases::pinned);
            String savepoint = job.stopWithSavepoint();
            Aliases before = job.aliasesOnTheTopic();
            assertThat(before).isEqualTo(job.published().aliases());
            assertThat(before.champion()).isEqualTo(two.champion());
            assertThat(before.previous()).isEqualTo(two.previous());
            assertThat(before.pinned()).isTrue();

            job.resume(savepoint, "publish.directory=" + directory.resolve("elsewhere"));
            job.produce(500, true);
            AliasReport decided = firstDecision(job, Objects.requireNonNull(before.candidate()));

            // A revision for each version, from that of the savepoint on.
            assertThat(decided.revision())
                    .isEqualTo(before.revision() + decided.decisions().size());
            assertThat(decided.decisions())
                    .allSatisfy(decision -> assertThat(decision.reason()).isEqualTo("pinned"));
            assertThat(decided.champion()).isEqualTo(before.champion());
            assertThat(decided.pinned()).isTrue();
            rolledBack(job, before);
        }
    }

    private static AliasReport firstDecision(GatedJob job, long after) {
        return job.await(report ->
                        report.aliases().decisions().stream().anyMatch(decision -> decision.version() > after))
                .aliases();
    }

    /** To the champion before, which the first job had published. */
    private static void rolledBack(GatedJob job, Aliases before) {
        Ran refused =
                Ran.millrace("snapshot", "rollback", "--config", job.file().toString());
        Ran ran = Ran.millrace(
                "snapshot", "rollback", "--pin", "--config", job.file().toString());

        assertThat(refused.out()).contains("the champion is pinned to version " + before.champion());
        assertThat(ran.out()).contains("champion: version " + before.previous() + ", pinned");
        List<AliasChange> changes = job.await(report -> report.aliases().changes().stream()
                        .anyMatch(change -> change.kind() == AliasChange.Kind.ROLLBACK))
                .aliases()
                .changes();
        assertThat(changes).extracting(AliasChange::from).containsExactly(before.champion());
        assertThat(changes).extracting(AliasChange::to).containsExactly(before.previous());
    }
}
