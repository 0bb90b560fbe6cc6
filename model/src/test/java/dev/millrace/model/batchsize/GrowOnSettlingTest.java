package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class GrowOnSettlingTest {
    private static final GrowOnSettling POLICY = GrowOnSettling.of(1000);

    /** Runs steps whose squared distance depends on the steps since the last change; what it asks for is what it gets. */
    private static final class Run {
        private final IntToDoubleFunction squaredDistance;
        private GrowOnSettling policy = POLICY;
        private double[] memory = POLICY.init();
        private BatchSizePolicy.Choice last = new BatchSizePolicy.Choice(16, Reason.START, memory);
        private int since;
        private int asked;

        Run(IntToDoubleFunction squaredDistance) {
            this.squaredDistance = squaredDistance;
        }

        Run steps(int steps) {
            return steps(steps, Readings.signals());
        }

        Run steps(int steps, Readings.SignalsBuilder signals) {
            for (int i = 0; i < steps; i++) {
                if (policy.startsDistance(memory)) since = 0;
                since++;
                StepReading reading = StepReading.ofLoss(16, 1);
                if (policy.wantsDistance(memory)) {
                    asked++;
                    reading = reading.withDistance(squaredDistance.applyAsDouble(since));
                }
                last = policy.observe(memory, signals.reading(reading).build());
                memory = last.memory();
            }
            return this;
        }
    }

    @Test
    void doublesWhenTheParametersStayWithinABall() {
        // the first look at step 58, the second, with the first verdict, at 87
        assertThat(new Run(m -> 1).steps(86).last.size()).isEqualTo(16);

        Run run = new Run(m -> 1).steps(87);

        assertThat(run.last.size()).isEqualTo(32);
        assertThat(run.last.reason()).isEqualTo(Reason.ARRIVED);
        assertThat(run.steps(87).last.size()).isEqualTo(64);
    }

    @Test
    void waitsWhileTheyWalkAtRandom() {
        assertThat(new Run(m -> 0.3 * m).steps(5000).last.size()).isEqualTo(16);
    }

    @Test
    void aWalkThatEndsInABallIsSeenWithinAFactorOfItsTime() {
        // 1 - exp(-m / 200): slope 0.76 from 87 to 131, log(0.6266 / 0.4806) / log(197 / 131) = 0.65 from there to 197
        Run run = new Run(m -> 1 - Math.exp(-m / 200.0));

        assertThat(run.steps(196).last.size()).isEqualTo(16);
        assertThat(run.steps(1).last.size()).isEqualTo(32);
    }

    @Test
    void halvesWhenTheyTravelStraightOnButNotBelowTheColdStart() {
        Run run = new Run(m -> 1).steps(3 * 87);
        assertThat(run.last.size()).isEqualTo(128);

        Run travelling = new Run(m -> (double) m * m);
        travelling.memory = run.memory;

        assertThat(travelling.steps(87).last.size()).isEqualTo(64);
        assertThat(travelling.steps(2000).last.size()).isEqualTo(16);
    }

    @Test
    void ofFewParametersTwoLooksInARowMustSeeThemTravel() {
        Run run = new Run(m -> 1).steps(2 * 87);
        run.policy = GrowOnSettling.of(5);
        int[] jumps = {58, 87, 131, 197, 296};
        double[] distances = {1, 4, 5.5, 22, 90}; // slopes 3.4, 0.8, 3.4, 3.5
        IntToDoubleFunction jumping = m -> distances[Math.max(0, Arrays.binarySearch(jumps, m))];
        Run few = new Run(jumping);
        few.policy = run.policy;
        few.memory = run.memory;

        assertThat(few.steps(295).last.size()).isEqualTo(64);
        assertThat(few.steps(1).last.size()).isEqualTo(32);
    }

    @Test
    void shrinksByATenthWhileTheLossRisesAndMeasuresAnew() {
        Run run = new Run(m -> 1).steps(2 * 87 + 50);

        run.steps(1, Readings.signals().lossRising());

        assertThat(run.last.size()).isEqualTo(64 * 0.9);
        assertThat(run.last.reason()).isEqualTo(Reason.LOSS_RISING);
        assertThat(POLICY.startsDistance(run.memory)).isTrue();
        assertThat(run.steps(86).last.size()).isEqualTo(64 * 0.9);
        assertThat(run.steps(1).last.size()).isEqualTo(2 * 64 * 0.9);
    }

    @Test
    void asksForTheDistanceAsOftenAsTheLogarithmOfTheSteps() {
        // 58, 87, 131, 197, 296, 444, 666, 999
        assertThat(new Run(m -> m).steps(1000).asked).isEqualTo(8);
    }

    @Test
    void aRaisedColdStartPassesWithoutATrace() {
        Run run = new Run(m -> m).steps(10, Readings.signals().coldStart(500));

        assertThat(run.last.size()).isEqualTo(500);
        assertThat(run.steps(1).last.size()).isEqualTo(16);
    }

    @Test
    void growsToEightTimesWhatTheSystemBearsAndNoFurther() {
        assertThat(new Run(m -> 1)
                        .steps(40 * 87, Readings.signals().upper(64))
                        .last
                        .size())
                .isEqualTo(512);
    }

    @Test
    void aDistanceThatIsNoNumberChangesNothing() {
        for (double broken : new double[] {Double.NaN, 0, -1, Double.POSITIVE_INFINITY}) {
            assertThat(new Run(m -> broken).steps(500).last.size()).isEqualTo(16);
        }
    }

    /**
     * Gradient descent on x^2/2 in 50 dimensions with noise of variance 1 / B each: the squared distance from the
     * optimum, 50 eta / (2 - eta) / B in balance, falls as the batch grows, with the batch nowhere told.
     */
    @Test
    void lowersTheNoiseOfGradientDescent() {
        SplittableRandom random = new SplittableRandom(3);
        double rate = 0.2;
        double[] theta = new double[50];
        double[] anchor = new double[50];
        Arrays.fill(theta, 3);
        double[] memory = POLICY.init();
        double size = 16;
        double distance = 0;

        for (int step = 0; step < 1500; step++) {
            if (POLICY.startsDistance(memory)) System.arraycopy(theta, 0, anchor, 0, theta.length);
            distance = 0;
            double way = 0;
            for (int i = 0; i < theta.length; i++) {
                theta[i] -= rate * (theta[i] + random.nextGaussian() / Math.sqrt(size));
                distance += theta[i] * theta[i];
                way += (theta[i] - anchor[i]) * (theta[i] - anchor[i]);
            }
            StepReading reading = StepReading.ofLoss((long) size, distance / 2);
            if (POLICY.wantsDistance(memory)) reading = reading.withDistance(way);
            BatchSizePolicy.Choice choice =
                    POLICY.observe(memory, Readings.signals().reading(reading).build());
            memory = choice.memory();
            size = choice.size();
        }

        assertThat(size).isGreaterThan(1000);
        assertThat(distance).isLessThan(50 * rate / (2 - rate) / 16 / 20);
    }
}
