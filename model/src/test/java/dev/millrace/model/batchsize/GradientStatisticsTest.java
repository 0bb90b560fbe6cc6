package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientStatisticsTest {
    private static final Offset<Double> EXACT = within(1e-12); // rationals with small numbers

    /** Sizes, mean gradients, A, |gbar|^2, S, P, phi; fractions as on the specification's page. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            V1 | 4 4       | 1 2;3 2                  | 72  | 8      | 8    | 7      | 8/7
            V2 | 8 8 8 8   | 1 0 2;2 1 1;0 1 2;1 2 3  | 240 | 6      | 16   | 11/2   | 32/11
            V3 | 2 3 5     | 1 0;2 1;4 3              | 142 | 277/25 | 78/5 | 238/25 | 195/119
            V4 | 1 1 1 1 1 | 1 1;2 0;3 2;0 1;4 1      | 37  | 5      | 3    | 22/5   | 15/22
            V5 | 16 16 16  | .5 -1;.5 -1;.5 -1        | 60  | 5/4    | 0    | 5/4    | 0
            V6 | 8 8       | 1 -1;-1 1                | 32  | 0      | 32   | -2     | Infinity
            V7 | 10 10 10 10 | 1 0;-1 0;0 1;0 -1      | 40  | 0      | 40/3 | -1/3   | Infinity
            """)
    void estimatesAreThoseOfTheSpecification(
            String name, String sizes, String gradients, String a, String norm, String s, String p, String phi) {
        MicroBatches batches = MicroBatches.parse(sizes, gradients);

        GradientStatistics statistics = batches.statistics();
        double squaredNorm = batches.squaredNorm();

        assertThat(statistics.weightedSquares()).isCloseTo(fraction(a), EXACT);
        assertThat(squaredNorm).isCloseTo(fraction(norm), EXACT);
        assertThat(statistics.covarianceTrace(squaredNorm)).isCloseTo(fraction(s), EXACT);
        assertThat(statistics.squaredGradient(squaredNorm)).isCloseTo(fraction(p), EXACT);
        assertThat(GradientStatistics.noiseScale(
                        statistics.covarianceTrace(squaredNorm), statistics.squaredGradient(squaredNorm)))
                .isCloseTo(fraction(phi), EXACT);
    }

    @Test
    void twoBatchesOfDifferentSizeEstimateTheSame() {
        double small = 240.0 / 32; // mean |g|^2 at 8 samples
        double big = 6; // at 32

        double p = (32 * big - 8 * small) / (32 - 8);
        double s = (small - big) / (1.0 / 8 - 1.0 / 32);

        assertThat(p).isEqualTo(11.0 / 2);
        assertThat(s).isEqualTo(16);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void neitherOrderNorWorkersMatter(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MicroBatches batches = MicroBatches.random(random, 12, 5);
        GradientStatistics[] parts = batches.parts();
        GradientStatistics inOrder = batches.statistics();

        GradientStatistics left = parts[0].merge(parts[1]).merge(parts[2]);
        GradientStatistics right = parts[0].merge(parts[1].merge(parts[2]));
        GradientStatistics[] workers = {GradientStatistics.NONE, GradientStatistics.NONE, GradientStatistics.NONE};
        for (GradientStatistics part : parts) {
            int worker = random.nextInt(3);
            workers[worker] = part.merge(workers[worker]);
        }
        GradientStatistics spread = workers[2].merge(workers[0]).merge(workers[1]);

        assertThat(parts[0].merge(parts[1])).isEqualTo(parts[1].merge(parts[0]));
        assertThat(left.weightedSquares()).isCloseTo(right.weightedSquares(), relative(right.weightedSquares()));
        assertThat(spread.samples()).isEqualTo(inOrder.samples());
        assertThat(spread.groups()).isEqualTo(inOrder.groups());
        assertThat(spread.weightedSquares()).isCloseTo(inOrder.weightedSquares(), relative(inOrder.weightedSquares()));
        assertThat(parts[0].merge(GradientStatistics.NONE)).isEqualTo(parts[0]);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aCommonShiftLeavesTheCovarianceAsItIs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MicroBatches batches = MicroBatches.random(random, 8, 4);

        double before = batches.covarianceTrace();
        MicroBatches shifted = batches.map(g -> {
            for (int i = 0; i < g.length; i++) g[i] += 3 - i;
            return g;
        });

        assertThat(shifted.covarianceTrace()).isCloseTo(before, relative(before));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void scalingScalesAndRotatingChangesNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MicroBatches batches = MicroBatches.random(random, 8, 2);
        double angle = random.nextDouble(0, 6);
        double s = batches.covarianceTrace();
        double p = batches.squaredGradient();

        MicroBatches scaled = batches.map(g -> new double[] {7 * g[0], 7 * g[1]});
        MicroBatches rotated = batches.map(g -> new double[] {
            Math.cos(angle) * g[0] - Math.sin(angle) * g[1], Math.sin(angle) * g[0] + Math.cos(angle) * g[1]
        });

        assertThat(scaled.covarianceTrace()).isCloseTo(49 * s, relative(49 * s));
        assertThat(scaled.squaredGradient()).isCloseTo(49 * p, within(1e-9 * 49 * (Math.abs(p) + s)));
        assertThat(rotated.covarianceTrace()).isCloseTo(s, relative(s));
        assertThat(rotated.squaredGradient()).isCloseTo(p, within(1e-9 * (Math.abs(p) + s)));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theCovarianceIsNeverBelowZeroBeyondRounding(long seed) {
        SplittableRandom random = new SplittableRandom(seed);

        for (int trial = 0; trial < 200; trial++) {
            MicroBatches batches = MicroBatches.random(random, 2 + random.nextInt(20), 1 + random.nextInt(6));

            assertThat(batches.covarianceTrace())
                    .isGreaterThan(-1e-9 * batches.statistics().weightedSquares());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12})
    void bothEstimatesAreUnbiasedForMicroBatchesOfAnySize(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] sizes = {1, 1, 2, 5, 9, 14, 32};
        double[] mean = {0.3, -0.2, 0.5, 0.1};
        double[] deviation = {1, 2, 0.5, 1.5};
        double trace = Arrays.stream(deviation).map(d -> d * d).sum();
        double squared = Arrays.stream(mean).map(m -> m * m).sum();
        int draws = 4000;
        double[] s = new double[draws];
        double[] p = new double[draws];

        for (int draw = 0; draw < draws; draw++) {
            MicroBatches batches = MicroBatches.sampled(random, sizes, mean, deviation);
            s[draw] = batches.covarianceTrace();
            p[draw] = batches.squaredGradient();
        }

        assertThat(mean(s)).isCloseTo(trace, within(4 * standardError(s)));
        assertThat(mean(p)).isCloseTo(squared, within(4 * standardError(p)));
    }

    @Test
    void oneMicroBatchEstimatesNothing() {
        GradientStatistics one = GradientStatistics.ofMicroBatch(16, 2, 16, 16);

        assertThat(one.covarianceTrace(2)).isNaN();
        assertThat(one.squaredGradient(2)).isNaN();
    }

    @Test
    void lossesAddUpToMeanAndVariance() {
        // losses 1, 3 and 2, 6: mean 3, variance (4 + 0 + 1 + 9) / 3
        GradientStatistics both =
                GradientStatistics.ofMicroBatch(2, 0, 4, 10).merge(GradientStatistics.ofMicroBatch(2, 0, 8, 40));

        assertThat(both.meanLoss()).isEqualTo(3);
        assertThat(both.lossVariance()).isCloseTo(14.0 / 3, EXACT);
        assertThat(GradientStatistics.ofLoss(5, 2).meanLoss()).isEqualTo(2);
        assertThat(GradientStatistics.NONE.meanLoss()).isNaN();
    }

    private static double fraction(String text) {
        String[] parts = text.split("/", -1);
        return Double.parseDouble(parts[0]) / (parts.length > 1 ? Double.parseDouble(parts[1]) : 1);
    }

    private static Offset<Double> relative(double value) {
        return within(1e-9 * Math.abs(value));
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double standardError(double[] values) {
        double mean = mean(values);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(squares / (values.length - 1) / values.length);
    }
}
