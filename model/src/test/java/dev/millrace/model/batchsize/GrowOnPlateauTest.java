package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrowOnPlateauTest {
    private static final BatchSizeBounds BOUNDS = new BatchSizeBounds(8, 1024);
    private static final GrowOnPlateau POLICY = new GrowOnPlateau(BOUNDS, 16, 2, 2, 0.01, 0);

    /** Window means in, batch size after each window out. The window has two steps of that loss each. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            falling             | 1.0 0.9 0.8 0.7 0.6 0.5 0.4 0.3       | 16 16 16 16 16 16 16 16
            constant            | 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0   | 16 16 16 16 32 32 64 64 128
            constant at zero    | 0.0 0.0 0.0 0.0 0.0                   | 16 16 16 16 32
            worked in javadoc   | 1.0 0.9 0.8 0.79 0.795 0.8            | 16 16 16 16 16 32
            falls, then settles | 1.0 0.8 0.6 0.5 0.5 0.5 0.5           | 16 16 16 16 16 16 32
            rising              | 1.0 1.1 1.2 1.3 1.4                   | 16 16 16 16 32
            one unlucky window  | 1.0 0.9 0.8 0.7 99.0 0.5 0.4 0.3 0.2  | 16 16 16 16 16 16 16 16 16
            one lucky window    | 1.0 0.9 0.8 0.01 0.6 0.5 0.4 0.3 0.2  | 16 16 16 16 16 16 16 16 16
            luck on a plateau   | 1.0 1.0 1.0 0.01 1.0 1.0              | 16 16 16 16 16 32
            bad luck on plateau | 1.0 1.0 1.0 99.0 1.0 1.0              | 16 16 16 16 32 32
            """)
    void batchSizeAfterEachWindow(String name, String means, String expected) {
        BatchSizePolicy.Choice state = start(POLICY);
        List<String> sizes = new ArrayList<>();

        for (String mean : means.split(" ", -1)) {
            for (int i = 0; i < 2; i++)
                state = observe(POLICY, state, StepReading.ofLoss(10, Double.parseDouble(mean)));
            sizes.add(Integer.toString((int) state.size()));
        }

        assertThat(String.join(" ", sizes)).isEqualTo(expected);
    }

    @Test
    void noiseOnAFallingLossSeldomGrowsTheBatchAndNoiseOnAPlateauGrowsItToTheEnd() {
        GrowOnPlateau policy = new GrowOnPlateau(BOUNDS, 16, 2, 100, 0.01, 100);
        int grownWhileFalling = 0;
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            // falls by 5 % in a window; noise of 30 % in a step is 3 % in a window's mean
            BatchSizePolicy.Choice falling = run(policy, 3000, t -> Math.exp(-t / 2000.0) * (1 + 0.3 * noise(random)));
            BatchSizePolicy.Choice settled = run(policy, 6000, t -> 0.7 * (1 + 0.3 * noise(random)));

            if (falling.size() > 16) grownWhileFalling++;
            assertThat(settled.size()).as("seed %d", seed).isEqualTo(1024);
        }
        // 26 judged windows, each of which follows a mean 2 windows back: growth needs a deviation of 3 sigma, twice
        assertThat(grownWhileFalling).isLessThanOrEqualTo(5);
    }

    /** About normal, variance 1. */
    private static double noise(SplittableRandom random) {
        double sum = -6;
        for (int i = 0; i < 12; i++) sum += random.nextDouble();
        return sum;
    }

    @Test
    void readingsThatAreNotFiniteChangeNothing() {
        BatchSizeController controller = BatchSizeController.of(POLICY);
        BatchSizeState state = controller.observe(controller.init(), StepReading.ofLoss(10, 1));

        BatchSizeState nan = controller.observe(state, StepReading.ofLoss(10, Double.NaN));
        BatchSizeState infinite = controller.observe(nan, StepReading.ofLoss(10, Double.POSITIVE_INFINITY));

        assertThat(infinite.memory).containsExactly(state.memory);
        assertThat(infinite.batchSize()).isEqualTo(16);
        assertThat(controller.observe(state, StepReading.ofLoss(0, 1))).isSameAs(state);
    }

    @Test
    void theMeanOfAWindowCountsSamplesNotSteps() {
        BatchSizePolicy.Choice state = run(POLICY, 8, t -> 1);
        state = observe(POLICY, state, StepReading.ofLoss(999, 0.5));

        state = observe(POLICY, state, StepReading.ofLoss(1, 100)); // mean of samples 0.5995, of steps 50.25

        assertThat(state.reason()).isEqualTo(Reason.FALLING);
        assertThat(state.size()).isEqualTo(16);
    }

    @Test
    void growthStopsAtTheBound() {
        GrowOnPlateau policy = new GrowOnPlateau(new BatchSizeBounds(1, 100), 60, 4, 2, 0.01, 0);

        BatchSizePolicy.Choice state = run(policy, 40, t -> 1);

        assertThat(state.size()).isEqualTo(100);
        assertThat(state.reason()).isIn(Reason.AT_MAXIMUM, Reason.MAY_HAVE_SETTLED);
    }

    @Test
    void aFactorBelowOneMoreSampleStillGrows() {
        GrowOnPlateau policy = new GrowOnPlateau(new BatchSizeBounds(1, 100), 4, 1.05, 2, 0.01, 0);

        BatchSizePolicy.Choice state = run(policy, 10, t -> 1);

        assertThat(state.size()).isEqualTo(5);
    }

    @Test
    void windowsWithinTheCoolDownAreNotJudged() {
        GrowOnPlateau policy = new GrowOnPlateau(BOUNDS, 16, 2, 2, 0.01, 6);
        List<Integer> sizes = new ArrayList<>();
        BatchSizePolicy.Choice state = start(policy);

        for (int window = 1; window <= 10; window++) {
            for (int i = 0; i < 2; i++) state = observe(policy, state, StepReading.ofLoss(10, 1));
            sizes.add((int) state.size());
        }

        // grown with window 5; 6 steps of rest are windows 6 to 8; 9 and 10 have settled
        assertThat(sizes).containsExactly(16, 16, 16, 16, 32, 32, 32, 32, 32, 64);
    }

    @Test
    void observingIsPure() {
        BatchSizePolicy.Choice before = run(POLICY, 7, t -> 1);
        double[] memory = before.memory().clone();

        BatchSizePolicy.Choice once = observe(POLICY, before, StepReading.ofLoss(10, 1));
        BatchSizePolicy.Choice twice = observe(POLICY, before, StepReading.ofLoss(10, 1));

        assertThat(before.memory()).containsExactly(memory);
        assertThat(once).usingRecursiveComparison().isEqualTo(twice);
    }

    @Test
    void restoredAtAnyStepTheSizesAreThoseOfAnUninterruptedRun() {
        SplittableRandom random = new SplittableRandom(4);
        double[] losses = random.doubles(60, 0.9, 1.1).toArray();
        BatchSizePolicy.Choice uninterrupted = run(POLICY, losses.length, t -> losses[t]);

        for (int cut = 0; cut < losses.length; cut++) {
            BatchSizePolicy.Choice state = run(POLICY, cut, t -> losses[t]);
            GrowOnPlateau restarted = new GrowOnPlateau(BOUNDS, 16, 2, 2, 0.01, 0);
            state = new BatchSizePolicy.Choice(
                    state.size(), state.reason(), state.memory().clone());
            for (int t = cut; t < losses.length; t++)
                state = observe(restarted, state, StepReading.ofLoss(10, losses[t]));

            assertThat(state).as("cut at %d", cut).usingRecursiveComparison().isEqualTo(uninterrupted);
        }
    }

    @Test
    void theStateOfAnotherPolicyIsReplacedAndABoundThatMovedIsKept() {
        BatchSizeState fixed = BatchSizeController.of(new FixedBatchSize(500)).init();
        BatchSizeController controller = BatchSizeController.of(POLICY);
        double[] grown = POLICY.init();
        grown[8] = 4096;

        assertThat(controller.observe(fixed, StepReading.ofLoss(10, 1)).batchSize())
                .isEqualTo(16);
        assertThat(POLICY.observe(grown, signals(StepReading.ofLoss(10, 1))).size())
                .isEqualTo(1024);
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new GrowOnPlateau(BOUNDS, 4, 2, 2, 0, 0))
                .hasMessage("batch.size must be in 8..1024. Received: 4");
        assertThatThrownBy(() -> new GrowOnPlateau(BOUNDS, 16, 1, 2, 0, 0))
                .hasMessage("batch.plateau.factor must be > 1. Received: 1.0");
        assertThatThrownBy(() -> new GrowOnPlateau(BOUNDS, 16, 2, 1, 0, 0))
                .hasMessage("batch.plateau.window must be >= 2. Received: 1");
        assertThatThrownBy(() -> new GrowOnPlateau(BOUNDS, 16, 2, 2, Double.NaN, 0))
                .hasMessage("batch.plateau.tolerance must be in [0, 1). Received: NaN");
        assertThatThrownBy(() -> new GrowOnPlateau(BOUNDS, 16, 2, 2, 0, -1))
                .hasMessage("batch.plateau.cooldown must be >= 0. Received: -1");
        assertThatThrownBy(() -> new BatchSizeBounds(0, 1)).hasMessage("batch.min must be >= 1. Received: 0");
        assertThatThrownBy(() -> new BatchSizeBounds(5, 4))
                .hasMessage("batch.max must be >= batch.min (5). Received: 4");
    }

    private static BatchSizePolicy.Choice start(BatchSizePolicy policy) {
        return new BatchSizePolicy.Choice(policy.initial(16), Reason.START, policy.init());
    }

    private static BatchSizePolicy.Choice observe(
            BatchSizePolicy policy, BatchSizePolicy.Choice before, StepReading reading) {
        return policy.observe(before.memory(), signals(reading));
    }

    private static Signals signals(StepReading reading) {
        return Readings.signals().reading(reading).build();
    }

    private static BatchSizePolicy.Choice run(BatchSizePolicy policy, int steps, IntToDoubleFunction loss) {
        BatchSizePolicy.Choice state = start(policy);
        for (int t = 0; t < steps; t++) state = observe(policy, state, StepReading.ofLoss(10, loss.applyAsDouble(t)));
        return state;
    }
}
