package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearningRateGainTest {
    private static final double INFINITE = Double.POSITIVE_INFINITY;

    @ParameterizedTest
    @CsvSource({
        "640, 1, 16,   64, 3.7272727273", // 41/11
        "640, 1, 16,  640, 20.5", // 41/2
        "640, 1, 16, 6400, 37.2727272727", // 410/11
        "  0, 1, 16,   64, 1",
        "640, 0, 16,   64, 4"
    })
    void adaScaleIsThatOfTheSpecification(double s, double p, double from, double to, double expected) {
        assertThat(LearningRateGain.adaScale(GradientStatistics.noiseScale(s, p), from, to))
                .isCloseTo(expected, within(1e-9));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void adaScaleLiesBetweenOneAndTheRatioAndNeverFalls(long seed) {
        SplittableRandom random = new SplittableRandom(seed);

        for (int trial = 0; trial < 500; trial++) {
            double phi = trial % 50 == 0 ? INFINITE : Math.pow(10, random.nextDouble(-3, 8));
            double from = random.nextDouble(1, 500);
            double to = from * random.nextDouble(1, 300);
            double gain = LearningRateGain.adaScale(phi, from, to);

            assertThat(gain).isBetween(1 - 1e-12, to / from * (1 + 1e-12));
            assertThat(LearningRateGain.adaScale(phi, from, to * 1.1)).isGreaterThanOrEqualTo(gain * (1 - 1e-12));
        }
    }

    @Test
    void followsTheSizeDownAndByAdaScaleUp() {
        assertThat(LearningRateGain.LINEAR.of(64, 110.703125, 12800, 8)).isCloseTo(0.5781228, within(1e-7));
        assertThat(LearningRateGain.LINEAR.of(512, 80, 400, 8)).isCloseTo(3.3684211, within(1e-7));
        assertThat(LearningRateGain.LINEAR.of(512, 16, 400, 8)).isEqualTo(8); // 26 / 1.78 is more
        assertThat(LearningRateGain.LINEAR.of(64, 16, INFINITE, 8)).isEqualTo(4);
    }

    @Test
    void staysOneWithinRoundingAndWhileTheNoiseScaleIsUnknown() {
        assertThat(LearningRateGain.LINEAR.of(16, 16.5, 400, 8)).isEqualTo(1);
        assertThat(LearningRateGain.LINEAR.of(105, 100, 400, 8)).isEqualTo(1);
        assertThat(LearningRateGain.LINEAR.of(512, 16, Double.NaN, 8)).isEqualTo(1);
    }

    @Test
    void adaptiveOptimizersTakeTheSquareRoot() {
        assertThat(LearningRateGain.SQUARE_ROOT.of(64, 16, INFINITE, 8)).isEqualTo(2);
        assertThat(LearningRateGain.SQUARE_ROOT.of(64, 256, INFINITE, 8)).isEqualTo(0.5);
    }
}
