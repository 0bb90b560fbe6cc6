package dev.millrace.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdwinTest {

    @Test
    void theHistogramHoldsTheSumAndTheVarianceOfAllItsValues() {
        double[] values = Streams.values("noise", "10000@3", 1);
        ExponentialHistogram histogram = new ExponentialHistogram(5);

        for (double value : values) histogram.add(value);

        double n = 0;
        double sum = 0;
        double within = 0;
        double squaresOfMeans = 0;
        for (int row = 0; row < histogram.rows(); row++) {
            assertThat(histogram.buckets(row)).isLessThanOrEqualTo(5);
            for (int bucket = 0; bucket < histogram.buckets(row); bucket++) {
                double size = 1L << row;
                n += size;
                sum += histogram.sum(row, bucket);
                within += histogram.squares(row, bucket);
                squaresOfMeans += histogram.sum(row, bucket) * histogram.sum(row, bucket) / size;
            }
        }
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance = Arrays.stream(values)
                .map(x -> (x - mean) * (x - mean))
                .average()
                .orElseThrow();
        assertThat(n).isEqualTo(values.length);
        assertThat(sum / n).isCloseTo(mean, within(1e-12)); // rounding of 10 000 sums
        assertThat((within + squaresOfMeans) / n - mean * mean).isCloseTo(variance, within(1e-10));
        assertThat(histogram.rows()).isEqualTo(11); // 5 * (2^11 - 1) = 10 235 is the first to hold 10 000
    }

    /** By hand, with at most 2 buckets per row: 1 3 5 7 9 become (1 3) (5 7) 9. */
    @Test
    void theOldestBucketsMergeFirst() {
        ExponentialHistogram histogram = new ExponentialHistogram(2);

        for (double value : List.of(1.0, 3.0, 5.0, 7.0, 9.0)) histogram.add(value);

        assertThat(histogram.buckets(0)).isEqualTo(1);
        assertThat(histogram.sum(0, 0)).isEqualTo(9);
        assertThat(histogram.buckets(1)).isEqualTo(2);
        assertThat(histogram.sum(1, 0)).isEqualTo(4);
        assertThat(histogram.squares(1, 0)).isEqualTo(2); // (1 - 2)^2 + (3 - 2)^2
        assertThat(histogram.sum(1, 1)).isEqualTo(12);

        histogram.dropOldest();

        assertThat(histogram.buckets(1)).isEqualTo(1);
        assertThat(histogram.sum(1, 0)).isEqualTo(12);
    }

    /**
     * By hand: 32 zeros, 32 ones, variance 1/4, L = ln(2 ln(64) / 0.002) = 8.333. At the middle 1/m = 1/16 and epsilon =
     * sqrt(2/16 / 4 * 8.333) + 2/3 / 16 * 8.333 = 0.510 + 0.347 = 0.857 < 1. With a range of 1.5 it is 1.031 > 1.
     */
    @Test
    void aCutNeedsMoreThanEpsilon() {
        double[] values = new double[64];
        Arrays.fill(values, 32, 64, 1);

        assertThat(Streams.fires(new Adwin(new Adwin.Constants(0.002, 64, 64, 1)), values))
                .containsExactly(64);
        assertThat(Streams.fires(new Adwin(new Adwin.Constants(0.002, 64, 64, 1.5)), values))
                .isEmpty();
    }

    @Test
    void afterAFallTheWindowHoldsTheNewLevelSoTheNextRiseIsFoundSoon() {
        double[] values = Streams.values("shares", "2000@0.6 500@0.2 100@0.6", 6);

        List<Integer> fires = Streams.fires(new Adwin(Adwin.Constants.DEFAULT), values);

        assertThat(fires).hasSize(1);
        assertThat(fires.get(0)).isBetween(2501, 2600);
    }
}
