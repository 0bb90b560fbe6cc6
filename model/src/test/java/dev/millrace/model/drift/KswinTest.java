package dev.millrace.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KswinTest {

    /**
     * Thirty older values in a row of their own; of the newer, k lie above all of them and the rest below all, so D is the
     * larger of k/30 and 1 - k/30. P(D >= k/n) counts the lattice paths that leave the band |x - y| < k, here independently of
     * the library.
     */
    @ParameterizedTest(name = "{0} of 30 above")
    @CsvSource({"30", "25", "20", "16", "15", "14", "13"})
    void itFiresIfTheExactProbabilityIsAtMostAlpha(int k) {
        double probability = 1 - pathsWithin(30, k) / pathsWithin(30, 31);
        for (double alpha : new double[] {1e-9, 1e-6, 1e-4, 0.005, 0.01, 0.05, 0.5}) {
            // window 60: all thirty older values are drawn
            Kswin kswin = new Kswin(new Kswin.Constants(alpha, 60, 30, 1));
            double[] values = new double[60];
            // the first 30 - k newer values equal the highest older ones, which adds nothing to D
            Arrays.setAll(values, t -> t < 30 ? t : t < 60 - k ? t - 30 + k : 100);

            assertThat(!Streams.fires(kswin, values).isEmpty())
                    .as("alpha %s, P %s", alpha, probability)
                    .isEqualTo(probability <= alpha);
        }
    }

    /** Monotone paths from (0, 0) to (n, n) that keep |x - y| < k. */
    private static double pathsWithin(int n, int k) {
        double[][] paths = new double[n + 1][n + 1];
        for (int x = 0; x <= n; x++) {
            for (int y = 0; y <= n; y++) {
                if (Math.abs(x - y) >= k) continue;
                double before = (x > 0 ? paths[x - 1][y] : 0) + (y > 0 ? paths[x][y - 1] : 0);
                paths[x][y] = x == 0 && y == 0 ? 1 : before;
            }
        }
        return paths[n][n];
    }

    @Test
    void nothingIsDecidedBeforeTheWindowIsFull() {
        double[] values = new double[100];
        Arrays.setAll(values, t -> t < 50 ? t % 7 : 100 + t % 7);

        // of the 70 older values 20 are new already; the test at value 100 is the first and enough
        assertThat(Streams.fires(new Kswin(Kswin.Constants.DEFAULT), values)).containsExactly(100);
    }

    @Test
    void theSeedDecidesTheDraw() {
        double[] values = Streams.values("noise", "20000@0", 1);

        assertThat(Streams.fires(new Kswin(new Kswin.Constants(0.005, 100, 30, 1)), values))
                .isEqualTo(Streams.fires(new Kswin(new Kswin.Constants(0.005, 100, 30, 1)), values))
                .isNotEqualTo(Streams.fires(new Kswin(new Kswin.Constants(0.005, 100, 30, 2)), values));
    }

    @Test
    void aLevelThatSoFewValuesCannotReachIsRefused() {
        assertThatThrownBy(() -> new Kswin.Constants(0.005, 100, 3, 1))
                .hasMessage("drift.kswin.alpha must be >= 0.1 with so few values. Received: 0.005");
    }
}
