package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds whatever is measured. Seeds are part of each test's name. */
class ControllerInvariantsTest {
    private static final double[] STRANGE = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0,
        -0.0,
        -1,
        1e-320,
        1e-30,
        1e30,
        1e99,
        1e150,
        1e308
    };

    private static List<BatchSizePolicy> policies() {
        return List.of(
                new FixedBatchSize(100),
                new ProportionalSize(64),
                new SteppedSize(2, 10_000),
                new GrowOnPlateau(new BatchSizeBounds(1, 5000), 16, 2, 20, 0.01, 10),
                NormTest.RECOMMENDED,
                new CoupledSize(0),
                new NoiseScaleSize(),
                new Goodput(),
                new BestProgress(),
                AnnealedProgress.RECOMMENDED,
                new GrowOnSettling(1));
    }

    private static Stream<Arguments> policiesAndSeeds() {
        return policies().stream().flatMap(p -> Stream.of(1L, 2L, 3L).map(seed -> Arguments.of(p, seed)));
    }

    @ParameterizedTest(name = "{0} seed {1}")
    @MethodSource("policiesAndSeeds")
    void noInputTakesTheBatchOutOfItsLimits(BatchSizePolicy policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);

        for (int run = 0; run < 20; run++) {
            int min = 1 + random.nextInt(40);
            int memory = min + random.nextInt(3000);
            ControllerSettings settings = ControllerSettings.recommended(new BatchSizeBounds(min, memory))
                    .withQuantum(1 + random.nextInt(100))
                    .withDeadBand(random.nextBoolean() ? 0 : 0.1)
                    .withMaxAge(random.nextBoolean() ? 0.5 : Double.POSITIVE_INFINITY);
            BatchSizeController controller = new BatchSizeController(policy, settings);
            BatchSizeState state = controller.init();
            for (int k = 0; k < 300; k++) {
                StepReading reading = strange(random);
                BatchSizeState before = state;
                state = controller.observe(state, reading);
                assertThat(state.batchSize()).as("%s", reading).isBetween(1, memory);
                assertThat(state.decision().learningRateFactor())
                        .isGreaterThan(0)
                        .isLessThanOrEqualTo(8);
                assertThat(state.decision().statisticalSize()).isBetween(1.0, 1e12);
                boolean judged = reading.drift() || (reading.samples() > 0 && !reading.isBroken());
                if (judged && !policy.isFixed()) assertWithinLimits(settings, reading, state);
                assertThat(state)
                        .as("pure")
                        .satisfies(s -> assertThat(s.toArray())
                                .containsExactly(
                                        controller.observe(before, reading).toArray()));
            }
        }
    }

    /** The formulas of the page, worked a second time. */
    private static void assertWithinLimits(ControllerSettings settings, StepReading reading, BatchSizeState state) {
        double lambda = reading.arrivalRate() == Double.POSITIVE_INFINITY ? Double.NaN : reading.arrivalRate();
        double a = state.stepTime().sync();
        double b = state.stepTime().perSample();
        double floor = settings.bounds().min();
        if (lambda >= 0 && lambda * b < 0.8) floor = Math.max(floor, Math.ceil(lambda * a / (0.8 - lambda * b)));
        if (lambda >= 0 && lambda * b >= 0.8) floor = Double.POSITIVE_INFINITY;
        double upper = settings.bounds().max();
        boolean catchUp = state.decision().regime() == Regime.CATCH_UP;
        double fill = catchUp ? 0 : 1 / lambda; // a backlog fills a batch at once
        double age = (settings.maxAge() - a) / (fill + b);
        if ((catchUp || lambda > 0) && age < upper)
            upper = age; // not if NaN: unknown, or no limit and hardly any arrivals
        double coldStart = Math.max(
                16, floor < Double.POSITIVE_INFINITY ? floor : settings.bounds().min());
        double cheap = Math.min(a / b / 8, reading.lag() / 128);
        if (catchUp && cheap > coldStart) coldStart = cheap;
        if (a >= 0 && !catchUp) upper = Math.min(upper, Math.max(coldStart, 10 * a / b));
        upper = Math.max(1, Math.floor(upper));
        if (floor <= upper)
            assertThat((double) state.batchSize()).as("%s", reading).isBetween(floor, upper);
        else assertThat(state.decision().alarm()).as("%s", reading).isTrue();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aStepOfTheStatisticalSizeIsBounded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BatchSizeController controller = BatchSizeController.of(AnnealedProgress.RECOMMENDED);
        BatchSizeState state = controller.init();

        for (int k = 0; k < 3000; k++) {
            StepReading reading = plausible(random, state.batchSize());
            double n = state.memory[0];
            double size = state.decision().statisticalSize();
            state = controller.observe(state, reading);

            assertThat(state.decision().statisticalSize()).isLessThanOrEqualTo(2 * size);
            boolean rising = state.lossRise() > 2;
            // from n to n' + N, N added; a rising loss takes 10 % and N before
            double least = rising ? Math.min(0.81 * n, 0.9 * Math.max(0.9 * n, reading.samples())) : 0.9 * n;
            assertThat(state.memory[0]).as("update %d", k).isGreaterThanOrEqualTo(least * (1 - 1e-12));
            assertThat(state.memory[0]).isLessThanOrEqualTo((n + reading.samples()) * (1 + 1e-12));
        }
    }

    @ParameterizedTest(name = "{0} seed {1}")
    @MethodSource("policiesAndSeeds")
    void growthIsAtMostADoublingWhateverThePolicy(BatchSizePolicy policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BatchSizeController controller = BatchSizeController.of(policy);
        BatchSizeState state = controller.init();

        for (int k = 0; k < 500; k++) {
            double before = state.decision().statisticalSize();
            state = controller.observe(state, plausible(random, state.batchSize()));
            assertThat(state.decision().statisticalSize()).isLessThanOrEqualTo(2 * before);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void scalingAllGradientsChangesNoSizeNorRate(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BatchSizeController controller = BatchSizeController.of(AnnealedProgress.RECOMMENDED);
        BatchSizeState one = controller.init();
        BatchSizeState other = controller.init();

        for (int k = 0; k < 500; k++) {
            StepReading reading = plausible(random, one.batchSize());
            one = controller.observe(one, reading);
            other = controller.observe(other, scaled(reading, 1 << 20)); // a power of two: no rounding

            assertThat(other.decision()).isEqualTo(one.decision());
        }
    }

    @ParameterizedTest(name = "{0} seed {1}")
    @MethodSource("policiesAndSeeds")
    void aResetStartsAnewAndNothingElseResets(BatchSizePolicy policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ControllerSettings settings = ControllerSettings.recommended(new BatchSizeBounds(24, 4096));
        BatchSizeController controller = new BatchSizeController(policy, settings);
        BatchSizeState state = controller.init();
        int first = state.batchSize();

        for (int k = 0; k < 600; k++) {
            StepReading reading = plausible(random, state.batchSize());
            boolean drift = k % 97 == 96;
            state = controller.observe(state, drift ? reading.withDrift() : reading);

            assertThat(state.decision().reset()).isEqualTo(drift);
            if (!drift) continue;
            // B0 = max(16, floor) = 24, but for policies with a start of their own
            int expected = policy instanceof FixedBatchSize ? 100 : 24;
            assertThat(state.batchSize()).isEqualTo(expected).isEqualTo(first);
            assertThat(state.memory).containsExactly(policy.init());
            assertThat(state.gradients).isEqualTo(GradientAverages.NONE);
            assertThat(state.loss).isEqualTo(LossGuard.NONE);
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void aNoiselessConstantOrFallingLossNeverResets(BatchSizePolicy policy) {
        BatchSizeController controller = BatchSizeController.of(policy);
        BatchSizeState constant = controller.init();
        BatchSizeState falling = controller.init();

        for (int k = 0; k < 1000; k++) {
            constant = controller.observe(constant, Readings.of(constant.batchSize(), 0, 2, 2, 1));
            falling = controller.observe(falling, Readings.of(falling.batchSize(), 0, 2, 2, Math.exp(-k / 100.0)));

            assertThat(constant.decision().reset()).isFalse();
            assertThat(falling.decision().reset()).isFalse();
            assertThat(constant.lossRise() > 2).isFalse();
            assertThat(falling.lossRise() > 2).isFalse();
        }
    }

    @Test
    void aFixedBatchNeverChanges() {
        SplittableRandom random = new SplittableRandom(1);
        BatchSizeController controller = BatchSizeController.of(new FixedBatchSize(7));
        BatchSizeState state = controller.init();

        for (int k = 0; k < 2000; k++) {
            state = controller.observe(state, random.nextInt(5) == 0 ? strange(random) : plausible(random, 7));
            assertThat(state.batchSize()).isEqualTo(7);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void theTemperatureIsKeptWhileACapBinds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BatchSizeController controller = new BatchSizeController(
                new ProportionalSize(64), ControllerSettings.recommended(new BatchSizeBounds(1, 300)));
        BatchSizeState state = controller.init();
        int binding = 0;

        for (int k = 0; k < 2000; k++) {
            state = controller.observe(state, plausible(random, state.batchSize()));
            BatchSizeDecision decision = state.decision();
            if (decision.batchSize() >= decision.statisticalSize() - 0.5) continue;
            binding++;
            double temperature = decision.learningRateFactor() * decision.statisticalSize() / decision.batchSize();
            assertThat(temperature).isCloseTo(1, within(1e-12));
        }
        assertThat(binding).isGreaterThan(100);
    }

    @ParameterizedTest(name = "{0} seed {1}")
    @MethodSource("policiesAndSeeds")
    void restoredAnywhereTheFutureIsTheSameBitForBit(BatchSizePolicy policy, long seed) {
        BatchSizeController controller = BatchSizeController.of(policy);
        BatchSizeState straight = controller.init();
        BatchSizeState restored = controller.init();
        SplittableRandom random = new SplittableRandom(seed);

        for (int k = 0; k < 400; k++) {
            StepReading reading = random.nextInt(20) == 0 ? strange(random) : plausible(random, straight.batchSize());
            straight = controller.observe(straight, reading);
            restored = controller.observe(BatchSizeState.fromArray(restored.toArray()), reading);
            assertThat(restored.toArray()).as("update %d", k).containsExactly(straight.toArray());
        }
    }

    private static StepReading plausible(SplittableRandom random, int inForce) {
        double p = random.nextDouble(-0.5, 4);
        StepReading reading = Readings.of(
                Math.max(1, inForce - random.nextInt(3)),
                random.nextDouble(0, 2000),
                p,
                p * 0.7,
                random.nextDouble(0.5, 1.5));
        return reading.withTiming(0.02 + 1e-5 * reading.samples(), Double.NaN, Double.NaN)
                .withLearningRate(0.1);
    }

    private static StepReading scaled(StepReading reading, double c) {
        GradientStatistics s = reading.statistics();
        GradientStatistics scaled = new GradientStatistics(
                s.samples(), s.groups(), s.weightedSquares() * c * c, s.lossSum(), s.squaredLossSum());
        return StepReading.of(scaled)
                .withGradient(reading.squaredNorm() * c * c, reading.product() * c * c)
                .withTiming(reading.seconds(), reading.arrivalRate(), reading.lag())
                .withLearningRate(reading.learningRate());
    }

    private static StepReading strange(SplittableRandom random) {
        long[] counts = {0, -1, 1, 2, 37, 1 << 20, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE};
        GradientStatistics statistics = new GradientStatistics(
                counts[random.nextInt(counts.length)],
                counts[random.nextInt(counts.length)],
                number(random),
                number(random),
                number(random));
        return new StepReading(
                statistics,
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                number(random),
                random.nextInt(20) > 0,
                random.nextInt(20) == 0);
    }

    private static double number(SplittableRandom random) {
        return random.nextBoolean() ? STRANGE[random.nextInt(STRANGE.length)] : Math.pow(10, random.nextDouble(-4, 5));
    }
}
