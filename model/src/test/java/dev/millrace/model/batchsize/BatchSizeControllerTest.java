package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchSizeControllerTest {
    private static final BatchSizeBounds BOUNDS = new BatchSizeBounds(1, 4096);
    private static final ControllerSettings SETTINGS = ControllerSettings.recommended(BOUNDS);
    private static final BatchSizeController AUTO = new BatchSizeController(AnnealedProgress.RECOMMENDED, SETTINGS);

    @Test
    void beginsWithTheColdStart() {
        BatchSizeDecision decision = AUTO.init().decision();

        assertThat(decision.batchSize()).isEqualTo(16);
        assertThat(decision.statisticalSize()).isEqualTo(16);
        assertThat(decision.learningRateFactor()).isEqualTo(1);
        assertThat(decision.reason()).isEqualTo(Reason.START);
        assertThat(decision.bound()).isEqualTo(Bound.NONE);
        assertThat(decision.noiseScale()).isNaN();
    }

    @Test
    void aColdStartThatTheFloorRaisedTakesTheLearningRateAlong() {
        BatchSizeState state = AUTO.init();

        for (int k = 1; k <= 20; k++) {
            int n = k % 2 == 0 ? 64 : 66;
            StepReading reading = Readings.of(n, 800, 2, 1, 1).withTiming(0.02 + 1e-5 * n, 2500, 0);
            state = AUTO.observe(state, reading); // phi is 400, the floor 65
        }

        assertThat(state.batchSize()).isBetween(64, 66);
        assertThat(state.decision().learningRateFactor())
                .as("the rate was chosen for 16 samples")
                .isCloseTo(LearningRateGain.adaScale(400, 16, 65), within(0.05)); // 3.63
    }

    @Test
    void publishesOnlyChangesOfTenPercent() {
        // n / 64 with steps of 64 samples: B_s is the number of updates from 16 on
        BatchSizeController controller = new BatchSizeController(new ProportionalSize(64), SETTINGS);
        List<Integer> sizes = new ArrayList<>();
        BatchSizeState state = controller.init();

        for (int k = 1; k <= 30; k++) {
            state = controller.observe(state, StepReading.ofLoss(64, 1));
            if (!sizes.contains(state.batchSize())) sizes.add(state.batchSize());
        }

        assertThat(sizes).containsExactly(16, 18, 20, 22, 25, 28);
    }

    @Test
    void theLearningRateFollowsThePublishedSizeWithinTheDeadBand() {
        BatchSizeController controller = new BatchSizeController(new ProportionalSize(64), SETTINGS);
        BatchSizeState state = run(controller, StepReading.ofLoss(64, 1), 27);

        assertThat(state.batchSize()).isEqualTo(25);
        assertThat(state.decision().statisticalSize()).isEqualTo(27);
        assertThat(state.decision().learningRateFactor()).isCloseTo(25 / 27.0, within(1e-12));
    }

    @Test
    void adoptsANewQuantumWithinTheDeadBand() {
        BatchSizeState state = run(AUTO, StepReading.ofLoss(16, 1), 3);
        BatchSizeController rescaled = new BatchSizeController(AnnealedProgress.RECOMMENDED, SETTINGS.withQuantum(5));

        assertThat(rescaled.observe(state, StepReading.ofLoss(16, 1)).batchSize())
                .isEqualTo(15);
    }

    @Test
    void aDriftForgetsTheGradientsAndKeepsTheStepTime() {
        BatchSizeState state = run(AUTO, Readings.of(512, 800, 0.2, 0.19, 1).withTiming(0.03, 100, 0), 40);

        BatchSizeState after =
                AUTO.observe(state, Readings.of(60, 800, 0.2, 0.19, 5).withDrift());

        assertThat(state.batchSize()).isGreaterThan(200);
        assertThat(after.decision().reset()).isTrue();
        assertThat(after.reason()).isEqualTo("drift");
        assertThat(after.batchSize()).isEqualTo(16);
        assertThat(after.decision().noiseScale()).isNaN();
        assertThat(after.lossRise()).isNaN();
        assertThat(after.stepTime()).isEqualTo(state.stepTime());
        assertThat(AUTO.observe(after, StepReading.ofLoss(16, 1)).decision().reset())
                .isFalse();
    }

    @Test
    void theFirstProductAfterAResetIsNotOfTheseParameters() {
        StepReading reading = Readings.of(16, 800, 2, 1, 1);

        BatchSizeState first = AUTO.observe(AUTO.init(), reading);
        BatchSizeState second = AUTO.observe(first, reading);

        assertThat(first.decision().curvature()).isNaN();
        assertThat(second.decision().curvature()).isNotNaN();
        assertThat(AUTO.observe(AUTO.parametersReplaced(second), Readings.of(16, 800, 2, Double.NaN, 1))
                        .decision()
                        .curvature())
                .isNaN();
    }

    @Test
    void anotherModelBeginsAnewWithoutTheBrakeOfTheOneBefore() {
        BatchSizeState settled = run(AUTO, Readings.of(512, 800, 0.2, 0.19, 1), 30);
        BatchSizeState braked = AUTO.observe(settled, StepReading.ofLoss(512, Double.POSITIVE_INFINITY));

        BatchSizeState next = AUTO.modelReplaced(braked);

        assertThat(braked.gain()).as("what goes with the size alone").isEqualTo(settled.gain());
        assertThat(next.decision().learningRateFactor()).isEqualTo(1);
        assertThat(next.batchSize()).isEqualTo(AUTO.init().batchSize());
        assertThat(next.gradients).isEqualTo(GradientAverages.NONE);
        assertThat(next.time).as("what a step costs").isSameAs(braked.time);
        assertThat(next.faults()).isEqualTo(1);
    }

    @Test
    void anInfiniteStepHalvesTheRateAndBeginsTheAnnealingAnew() {
        BatchSizeState state = run(AUTO, Readings.of(512, 800, 0.2, 0.19, 1), 30);

        BatchSizeState after = AUTO.observe(state, StepReading.ofLoss(512, Double.POSITIVE_INFINITY));
        BatchSizeState refused = AUTO.observe(after, StepReading.ofLoss(512, 1).refused());

        assertThat(after.faults()).isEqualTo(1);
        assertThat(after.batchSize()).isEqualTo(state.batchSize());
        assertThat(after.decision().learningRateFactor())
                .isEqualTo(state.decision().learningRateFactor() / 2);
        assertThat(after.memory).containsExactly(0);
        assertThat(after.gradients).isEqualTo(state.gradients);
        assertThat(refused.decision().learningRateFactor())
                .isEqualTo(state.decision().learningRateFactor() / 4);
        assertThat(AUTO.observe(refused, StepReading.ofLoss(512, 1)).decision().statisticalSize())
                .isEqualTo(16);
    }

    @Test
    void theRateComesBackAfterAThousandFiniteUpdates() {
        BatchSizeState state = AUTO.init();
        for (int i = 0; i < 40; i++) state = AUTO.observe(state, StepReading.ofLoss(16, Double.NaN));
        assertThat(state.decision().learningRateFactor()).isEqualTo(1.0 / 1024);
        BatchSizeState once = AUTO.observe(AUTO.init(), StepReading.ofLoss(16, Double.NaN));

        BatchSizeController fixed = new BatchSizeController(new FixedBatchSize(16), SETTINGS);
        BatchSizeState early = fixed.observe(fixed.init(), StepReading.ofLoss(16, Double.NaN));
        for (int i = 0; i < 999; i++) early = fixed.observe(early, StepReading.ofLoss(16, 1));

        assertThat(once.decision().learningRateFactor()).isEqualTo(0.5);
        assertThat(early.decision().learningRateFactor()).isEqualTo(0.5);
        assertThat(fixed.observe(early, StepReading.ofLoss(16, 1)).decision().learningRateFactor())
                .isEqualTo(1);
    }

    @Test
    void aStepOfNoSamplesChangesNothing() {
        BatchSizeState state = run(AUTO, Readings.of(512, 800, 0.2, 0.19, 1), 5);

        assertThat(AUTO.observe(state, StepReading.ofLoss(0, 1))).isSameAs(state);
        assertThat(AUTO.observe(state, StepReading.ofLoss(-5, 1))).isSameAs(state);
    }

    @Test
    void oneMicroBatchIsCountedButEstimatesNothing() {
        BatchSizeState state = run(AUTO, Readings.of(512, 800, 0.2, 0.19, 1), 5);
        GradientStatistics one = GradientStatistics.ofMicroBatch(512, 3, 512, 512);

        BatchSizeState after = AUTO.observe(state, StepReading.of(one).withGradient(3, 2));

        assertThat(after.gradients).isEqualTo(state.gradients);
        assertThat(after.memory[0]).isEqualTo(state.memory[0] + 512);
    }

    @Test
    void theFloorRaisesBatchAndColdStart() {
        // 20 ms + 10 us N; 5000 a second: 5000 * .02 / (.8 - .05) = 133.3
        BatchSizeState state = AUTO.init();
        for (int n : new int[] {16, 64, 16, 64, 16}) {
            state = AUTO.observe(state, StepReading.ofLoss(n, 1).withTiming(0.02 + 1e-5 * n, 5000, 0));
        }

        assertThat(state.batchSize()).isEqualTo(134);
        assertThat(state.decision().statisticalSize()).isEqualTo(134);
        assertThat(state.decision().learningRateFactor()).isEqualTo(1);
        assertThat(state.decision().alarm()).isFalse();
    }

    @Test
    void overloadIsAnAlarm() {
        BatchSizeState state = AUTO.init();
        for (int n : new int[] {16, 64, 16, 64}) {
            state = AUTO.observe(state, StepReading.ofLoss(n, 1).withTiming(0.005 + 5e-5 * n, 20000, 0));
        }

        assertThat(state.decision().alarm()).isTrue();
        assertThat(state.batchSize()).isBetween(990, 1000); // 10 r, r = 100
    }

    @Test
    void aFixedBatchThatCannotKeepUpSaysSo() {
        BatchSizeController fixed = new BatchSizeController(new FixedBatchSize(32), SETTINGS.withQuantum(50));
        BatchSizeState state = fixed.init();
        for (int n : new int[] {16, 64, 16, 64}) {
            state = fixed.observe(state, StepReading.ofLoss(n, 1).withTiming(0.02 + 1e-5 * n, 5000, 0));
        }

        assertThat(state.batchSize()).isEqualTo(32);
        assertThat(state.decision().bound()).isEqualTo(Bound.NONE);
        assertThat(state.decision().alarm()).isTrue();
    }

    @Test
    void aBacklogMakesTimeTheCurrency() {
        BatchSizeState state = AUTO.init();
        for (int k = 0; k < 12; k++) {
            int n = 16 + 24 * (k % 3);
            state = AUTO.observe(state, StepReading.ofLoss(n, 1).withTiming(0.02 + 1e-5 * n, 100, 1e6));
        }

        assertThat(state.decision().regime()).isEqualTo(Regime.CATCH_UP);
        assertThat(state.decision().statisticalSize()).isCloseTo(250, within(1e-6)); // r / 8
    }

    @Test
    void anotherPolicyTakesOverWhatWasMeasured() {
        BatchSizeState state = run(AUTO, Readings.of(512, 800, 0.2, 0.19, 1), 30);
        BatchSizeController fixed = new BatchSizeController(new FixedBatchSize(17), SETTINGS);

        BatchSizeState after = fixed.observe(state, Readings.of(512, 800, 0.2, 0.19, 1));

        assertThat(after.batchSize()).isEqualTo(17);
        assertThat(after.gradients.estimates()).isEqualTo(31);
        assertThat(fixed.observe(BatchSizeState.ofBatchSize(64), StepReading.ofLoss(64, 1))
                        .batchSize())
                .isEqualTo(17);
    }

    @Test
    void aSmallerMemoryCountsFromTheFirstBatchOn() {
        BatchSizeState state = run(AUTO, Readings.of(512, 800, 0.2, 0.19, 1), 30);
        BatchSizeBounds less = new BatchSizeBounds(1, 100);
        BatchSizeController smaller =
                new BatchSizeController(AnnealedProgress.RECOMMENDED, ControllerSettings.recommended(less));

        assertThat(smaller.resume(state).batchSize()).isEqualTo(100);
        assertThat(AUTO.resume(state)).isSameAs(state);
        assertThat(BatchSizeController.of(new FixedBatchSize(9))
                        .resume(BatchSizeController.of(new FixedBatchSize(8)).init())
                        .batchSize())
                .isEqualTo(9);
    }

    @Test
    void adaptiveOptimizersTakeAFixedCurvatureAndTheRootOfTheGain() {
        BatchSizeController adam = new BatchSizeController(
                new ProportionalSize(64),
                ControllerSettings.recommended(new BatchSizeBounds(1, 64))
                        .withDeadBand(0)
                        .forAdaptiveOptimizer());

        BatchSizeState state = run(adam, StepReading.ofLoss(64, 1), 256);

        assertThat(state.decision().statisticalSize()).isEqualTo(256);
        assertThat(state.batchSize()).isEqualTo(64);
        assertThat(state.decision().bound()).isEqualTo(Bound.MEMORY);
        assertThat(state.decision().learningRateFactor()).isEqualTo(0.5);
        assertThat(state.decision().curvature()).isEqualTo(0.25);
    }

    @Test
    void growthBeyondADoublingIsSpreadOverUpdates() {
        BatchSizeController controller = new BatchSizeController(new ProportionalSize(1), SETTINGS);

        BatchSizeState one = run(controller, StepReading.ofLoss(100, 1), 1);
        BatchSizeState two = controller.observe(one, StepReading.ofLoss(100, 1));

        assertThat(one.batchSize()).isEqualTo(32);
        assertThat(one.reason()).isEqualTo("growth limit");
        assertThat(two.batchSize()).isEqualTo(64);
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> SETTINGS.withQuantum(0)).hasMessage("batch quantum must be >= 1. Received: 0");
        assertThatThrownBy(() -> SETTINGS.withDeadBand(1))
                .hasMessage("batch dead band must be in [0, 1). Received: 1.0");
        assertThatThrownBy(() -> SETTINGS.withMaxAge(Double.NaN))
                .hasMessage("batch.max-age must be > 0 s. Received: NaN");
    }

    private static BatchSizeState run(BatchSizeController controller, StepReading reading, int steps) {
        BatchSizeState state = controller.init();
        for (int k = 0; k < steps; k++) state = controller.observe(state, reading);
        return state;
    }
}
