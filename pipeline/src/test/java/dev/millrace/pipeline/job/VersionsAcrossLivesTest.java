package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.server.StepReport;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers never go back: a job that begins where another has published goes on above its versions. */
@Timeout(240)
class VersionsAcrossLivesTest {
    private static final int FIRST = 1_000;

    @Test
    void aJobFromAnOlderSavepointPublishesAboveWhatCameAfterIt(@TempDir Path directory) throws Exception {
        try (GatedJob job = new GatedJob(directory)) {
            job.start();
            job.produce(FIRST, true);
            job.allPublished();
            String older = job.stopWithSavepoint();
            job.resume(older);
            job.produce(2_000, true);
            job.allPublished();
            job.cancel();
            SnapshotManifest before = job.published().current();

            job.resume(older);
            job.awaitVersionAfter(before.version());

            assertThat(job.published().manifest(before.version()).sha256())
                    .as("a version keeps its content")
                    .isEqualTo(before.sha256());
            job.awaitOnTheTopic(before.version());
            job.allPublished();
        }
    }

    @Test
    void aJobWithoutACheckpointWaitsForItsFirstStepAndPublishesAbove(@TempDir Path directory) throws Exception {
        try (GatedJob job = new GatedJob(directory)) {
            job.start();
            job.produce(FIRST, true);
            job.allPublished();
            job.cancel();
            long before = job.published().current().version();

            job.start("source.starting-offsets=latest");
            job.awaitCheckpoints(3);
            assertThat(job.published().current().version())
                    .as("nothing was learnt")
                    .isEqualTo(before);
            job.produce(500, true);
            job.awaitVersionAfter(before);

            SnapshotManifest first = firstAfter(job, before);
            assertThat(first.provenance().get("parentVersion")).isEqualTo(Long.toString(before));
            assertThat(Long.parseLong(first.provenance().get("samples"))).isBetween(1L, 500L);
        }
    }

    /** Aliases, too, go on above the revision that readers have. */
    @Test
    void aJobInAnEmptyDirectoryGoesOnAboveWhatTheModelTopicHas(@TempDir Path directory) throws Exception {
        try (GatedJob job = new GatedJob(directory)) {
            job.start();
            job.produce(FIRST, true);
            StepReport champion = job.await(report -> report.aliases().champion() != null);
            long version = Objects.requireNonNull(champion.aliases().champion());
            job.awaitOnTheTopic(version - 1);
            job.cancel();
            Aliases before = job.aliasesOnTheTopic();

            job.start("publish.directory=" + directory.resolve("elsewhere"), "source.starting-offsets=latest");
            job.awaitCheckpoints(1);
            job.produce(500, true);
            job.awaitOnTheTopic(Objects.requireNonNull(before.candidate()));

            Aliases after = job.aliasesOnTheTopic();
            assertThat(after.revision()).isGreaterThan(before.revision());
            assertThat(after.candidate()).isGreaterThan(before.candidate());
            assertThat(after.champion()).isGreaterThanOrEqualTo(before.champion());
        }
    }

    private static SnapshotManifest firstAfter(GatedJob job, long version) {
        long first = job.published().versions().stream()
                .filter(each -> each > version)
                .findFirst()
                .orElseThrow();
        return job.published().manifest(first);
    }
}
