package dev.millrace.pipeline.advise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecommendationTest {

    @Test
    void whereThroughputSaturatesEarlyTheSmallestFastSizeIsFixed() {
        Advice advice = Studies.begin()
                .size(1, 1_000, 0.4, Double.NaN)
                .size(8, 9_000, 0.4, 50)
                .size(64, 10_000, 0.4, 50)
                .size(512, 10_000, 0.4, 50)
                .advice();

        Recommendation recommendation = advice.recommendation();

        assertThat(recommendation.policy()).isEqualTo("fixed");
        assertThat(recommendation.size()).isEqualTo(8);
        assertThat(recommendation.min()).isEqualTo(1);
        assertThat(recommendation.max()).isEqualTo(64); // the power of two from which the noise scale of 50 is exceeded
        assertThat(flat(advice))
                .contains("batch.policy fixed: every size reaches the same loss")
                .contains("At 8: 9,000 samples/s, 9.0 times those of 1; the most is 10,000 samples/s at 64.")
                .contains("begin to suffer? Nowhere: all losses are equal within the noise.");
    }

    @Test
    void whereTheLossSuffersEarlyTheBatchBeginsSmallAndGrows() {
        Advice advice = Studies.begin()
                .size(1, 1_000, 0.5, Double.NaN)
                .size(4, 4_000, 0.4, 300)
                .size(32, 20_000, 0.45, 300)
                .size(256, 40_000, 0.6, 300)
                .size(1024, 41_000, 0.9, 300)
                .advice();

        Recommendation recommendation = advice.recommendation();

        assertThat(recommendation.policy()).isEqualTo("auto");
        assertThat(recommendation.size()).isEqualTo(4);
        assertThat(recommendation.min()).isEqualTo(4);
        assertThat(recommendation.max()).isEqualTo(512); // 256 is nearly as fast as it gets; the noise scale is 300
        assertThat(recommendation.learningRate()).isEqualTo(0.1);
        assertThat(flat(advice))
                .contains("1,024 learns 10 times as many samples/s as 4 but has the higher loss 0.9000 at first")
                .contains("batch.min 4: the next smaller, 1, has the higher loss 0.5000.")
                .contains("At 32: 0.4500 against 0.4000 at 4, the lowest.")
                .contains("No: its loss 0.5000 is above the lowest, 0.4000 at 4.")
                .contains("batch.policy: auto batch.size: 4 batch.min: 4 batch.max: 512 learning-rate: 0.1");
    }

    @Test
    void whereThereIsNoNoiseToAverageTheSizeStays() {
        Advice advice = Studies.begin()
                .size(16, 4_000, 0.4, 3)
                .size(256, 40_000, 0.6, 3)
                .advice();

        assertThat(advice.recommendation().policy()).isEqualTo("fixed");
        assertThat(flat(advice)).contains("but the noise scale 3 is not above the start size");
    }

    @Test
    void aSingleSamplesNoiseScaleIsThatOfTheNextSize() {
        Advice advice = Studies.begin()
                .size(1, 1_000, 0.4, Double.NaN)
                .size(2, 4_000, 0.6, 30)
                .advice();

        assertThat(advice.recommendation().policy()).isEqualTo("auto");
        assertThat(flat(advice)).contains("the noise scale 30 at batch size 2 is above the start size");
    }

    @Test
    void whereMemoryBindsItSaysThatLargerBatchesWereAccumulated() {
        Advice advice = Studies.begin()
                .size(32, 4_000, 0.4, 100)
                .size(256, 4_100, 0.5, 100)
                .microBatch(64)
                .advice();

        assertThat(flat(advice))
                .contains("256 takes 250.0 KiB of a worker. Up to 64 samples go through the engine at once; larger"
                        + " batches are accumulated in micro-batches, as some here were.");
    }

    @Test
    void whereEverythingIsEqualSizesMakeNoDifference() {
        Advice advice = Studies.begin()
                .size(8, 10_000, 0.4001, 20)
                .size(16, 10_500, 0.4, 20)
                .size(32, 11_000, 0.4002, 20)
                .advice();

        assertThat(advice.recommendation().policy()).isEqualTo("fixed");
        assertThat(advice.recommendation().size()).isEqualTo(8);
        assertThat(flat(advice)).contains("no size differs from another in loss, or by a quarter in samples/s.");
    }

    @Test
    void aRateAtTheEdgeIsMarkedAndSaid() {
        Advice advice = Studies.begin()
                .size(8, 10_000, 0.4, 20, 0.3)
                .size(16, 10_500, 0.6, 20, 0.03)
                .advice();

        assertThat(flat(advice))
                .contains("loss 0.4000, 0.6000 at 0.1; the highest that was tried: say higher --learning-rates.")
                .contains("Which learning rate for which size? 8: 0.3; 16: 0.03 (configured: 0.1).");
        assertThat(advice.text()).contains(" >0.3 ", " <0.03 ");
    }

    @Test
    void differencesWithinTheSpreadAreNone() {
        Equality equality = new Equality(0.01, 0.005);

        assertThat(equality.equal(0.400, 0.409)).isTrue();
        assertThat(equality.equal(0.400, 0.411)).isFalse();
        assertThat(new Equality(0, 0.005).equal(0.4, 0.4019)).isTrue();
        assertThat(equality.equal(Double.POSITIVE_INFINITY, 0.4)).isFalse();
    }

    @Test
    void theSpreadIsThatOfADifferenceOfMeans() {
        Equality equality = Equality.of(
                List.of(new Losses(0.4, 4e-4, 2), new Losses(0.5, 4e-4, 2), new Losses(0.6, Double.NaN, 2)));

        assertThat(equality.difference()).isEqualTo(0.04); // 2 sqrt(2 * 4e-4 / 2)
    }

    @Test
    void noLineIsLongerThanATerminal() {
        Advice advice = Studies.begin()
                .size(1, 12_345_678, 1234.5678, Double.NaN, 0.3)
                .size(1024, 98_765_432, 123.45678, Double.POSITIVE_INFINITY)
                .size(1_000_000, 123_456_789, 12.345678, 1e9)
                .advice();

        assertThat(advice.text().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    /** The text without its line breaks. */
    private static String flat(Advice advice) {
        return advice.text().replaceAll("\\s+", " ");
    }
}
