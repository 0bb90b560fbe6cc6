package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.source.OffsetsOutOfRangeException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fault 53: retention deletes records that the job has not read. */
@Timeout(240)
class LostOffsetsTest {

    @Test
    void aJobWhoseNextRecordsAreGoneStopsAndGoesOnBehindTheGapOnDemandOnly(@TempDir Path directory) throws Exception {
        try (GatedJob job = new GatedJob(directory)) {
            job.start();
            job.produce(1_000, true);
            job.allPublished();
            String savepoint = job.stopWithSavepoint();
            job.produce(2_000, true);
            job.forgetSamplesBefore(2_000);

            job.resume(savepoint, "source.starting-offsets=latest");
            Throwable failure = job.awaitFailure();

            assertThat(failure)
                    .rootCause()
                    .isInstanceOf(OffsetsOutOfRangeException.class)
                    .hasMessageContaining("offset 1000 of topic samples, partition 0, which holds 2000..2999.")
                    .hasMessageContaining("source.offsets-out-of-range: earliest");

            job.resume(savepoint, "source.starting-offsets=latest", "source.offsets-out-of-range=earliest");

            // The 1000 before the savepoint, and those that are still there.
            job.await(report -> report.totalSamples() == 2_000);
        }
    }
}
