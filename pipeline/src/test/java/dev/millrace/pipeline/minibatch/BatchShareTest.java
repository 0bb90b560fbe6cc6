package dev.millrace.pipeline.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchShareTest {

    @ParameterizedTest
    @CsvSource({"32,1", "32,2", "33,2", "100,7", "7,7"})
    void sharesAddUpToTheGlobalBatch(int globalBatch, int workers) {
        int sum = IntStream.range(0, workers)
                .map(worker -> BatchStamper.shareOf(globalBatch, worker, workers))
                .sum();

        assertThat(sum).isEqualTo(globalBatch);
    }

    @ParameterizedTest
    @CsvSource({"1,2,0", "1,2,1", "3,8,7"})
    void noWorkerIsLeftWithoutASample(int globalBatch, int workers, int worker) {
        assertThat(BatchStamper.shareOf(globalBatch, worker, workers)).isEqualTo(1);
    }
}
