package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptimalSizeTest {

    @ParameterizedTest
    @CsvSource({
        "0.5,  400,    0, 266.666667",
        "0.5,  400,  100, 309.716754",
        "0.2, 1000, 2000, 595.433216",
        "0.25, 400, 2000, 400"
    })
    void mostProgress(double u, double phi, double r, double expected) {
        assertThat(OptimalSize.ofProgress(u, phi, r)).isCloseTo(expected, within(1e-6));
    }

    @ParameterizedTest
    @CsvSource({"400, 100, 200", "1000, 40, 200", "50, 2000, 316.227766"})
    void mostGoodput(double phi, double r, double expected) {
        assertThat(OptimalSize.ofGoodput(phi, r)).isCloseTo(expected, within(1e-6));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isAMaximumAndGrowsWithNoiseCurvatureAndRoundCost(long seed) {
        SplittableRandom random = new SplittableRandom(seed);

        for (int trial = 0; trial < 500; trial++) {
            double u = random.nextDouble(1.0 / 16, 1);
            double phi = Math.pow(10, random.nextDouble(-1, 6));
            double r = trial % 3 == 0 ? 0 : Math.pow(10, random.nextDouble(-1, 5));
            double best = OptimalSize.ofProgress(u, phi, r);

            // 1e-12: the difference is of second order and may fall to rounding
            assertThat(progress(best, u, phi, r) * (1 + 1e-12))
                    .isGreaterThanOrEqualTo(progress(best * 1.01, u, phi, r))
                    .isGreaterThanOrEqualTo(progress(best * 0.99, u, phi, r));
            double sqrt = OptimalSize.ofGoodput(phi, r + 1);
            assertThat(goodput(sqrt, phi, r + 1) * (1 + 1e-12))
                    .isGreaterThanOrEqualTo(goodput(sqrt * 1.01, phi, r + 1))
                    .isGreaterThanOrEqualTo(goodput(sqrt * 0.99, phi, r + 1));
            assertThat(OptimalSize.ofProgress(u, phi * 1.1, r)).isGreaterThanOrEqualTo(best);
            assertThat(OptimalSize.ofProgress(Math.min(u * 1.1, 1), phi, r)).isGreaterThanOrEqualTo(best);
            assertThat(OptimalSize.ofProgress(u, phi, r * 1.1)).isGreaterThanOrEqualTo(best);
        }
    }

    private static double progress(double size, double u, double phi, double r) {
        return (1 - u / 2 - u / 2 * phi / size) / (r + size);
    }

    private static double goodput(double size, double phi, double r) {
        return size / ((r + size) * (phi + size));
    }
}
