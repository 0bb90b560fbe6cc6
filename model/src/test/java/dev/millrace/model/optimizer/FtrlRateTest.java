package dev.millrace.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FTRL under a rate that changes, as schedules, warm-up and growing batches change it: a rate scales steps, not the model. */
class FtrlRateTest {
    private static final double RATE = 0.05;

    /** Of the first weight: some hundred ulps of float32, for what is left of z beside l1 is as exact as l1 alone. */
    private static final float ROUNDING = 1e-4f;

    private final UpdateRule rule = new UpdateRule(new Ftrl(0.1, 1, 0.01, 0.5), Clip.NONE, 0);

    private static float[] gradient() {
        return new float[] {-3, 0.8f, 20, -0.0005f, 0.02f}; // the fourth stays below l1 in ten steps
    }

    private final class Dense {
        private OptimizerState state = rule.init(5);
        private float[] parameters = new float[5];

        boolean step(double rate, float[] gradient) {
            OptimizerState nextState = rule.init(5);
            float[] next = new float[5];
            boolean accepted = rule.apply(1, rate, 1, gradient, state, parameters, nextState, next);
            if (!accepted) return false;
            state = nextState;
            parameters = next;
            return true;
        }
    }

    private boolean step(Table table, double rate, float[] gradient) {
        TouchedRows sum = new TouchedRows(3, 5);
        sum.set(1, gradient, 0);
        return rule.apply(
                1,
                rate,
                1,
                new float[1],
                new float[0],
                rule.init(1),
                new float[1],
                rule.init(1),
                new float[1],
                new TableGradients(new TouchedRows[] {sum}, new TouchedRows[0]),
                List.of(table));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.025, 0.05, 1e-4, 5, 1e-20, 0})
    void anotherRateWithoutAGradientLeavesTheWeightsWhereTheyWere(double rate) {
        Dense dense = new Dense();
        for (int i = 0; i < 10; i++) dense.step(RATE, gradient());
        float[] before = dense.parameters;

        assertThat(dense.step(rate, new float[5])).isTrue();

        assertThat(before[0]).isGreaterThan(0.05f);
        assertThat(dense.parameters).containsExactly(before, within(ROUNDING * before[0]));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.025, 0.05, 1e-4, 5, 1e-20, 0})
    void anotherRateWithoutAGradientLeavesTheRowsOfATableWhereTheyWere(double rate) {
        Table table = rule.table(3, 5, new float[15]);
        for (int i = 0; i < 10; i++) step(table, RATE, gradient());
        float[] before = table.values().clone();

        assertThat(step(table, rate, new float[5])).isTrue();

        assertThat(before[5]).isGreaterThan(0.05f);
        assertThat(table.values()).containsExactly(before, within(ROUNDING * before[5]));
    }

    @Test
    void aRateOfZeroChangesNothingAndTheNextStepIsAsIfItHadNotBeen() {
        Dense dense = new Dense();
        Dense without = new Dense();
        for (Dense each : List.of(dense, without)) each.step(RATE, gradient());

        assertThat(dense.step(0, gradient())).isTrue();
        assertThat(dense.parameters).containsExactly(without.parameters);
        for (Dense each : List.of(dense, without)) each.step(RATE, gradient());

        assertThat(dense.parameters).containsExactly(without.parameters);
    }

    /** In a warm-up every step has another rate; the model must go where a constant rate takes it, not swing with the rate. */
    @Test
    void aQuadraticIsSolvedUnderARateThatSwings() {
        UpdateRule plain = new UpdateRule(new Ftrl(0.1, 1, 0, 0), Clip.NONE, 0);
        OptimizerState state = plain.init(1);
        float[] weight = {0};
        for (int step = 1; step <= 2000; step++) {
            double rate = 0.5 * (1.01 + Math.sin(step / 20.0));
            OptimizerState nextState = plain.init(1);
            float[] next = new float[1];
            assertThat(plain.apply(step, rate, 1, new float[] {weight[0] - 2}, state, weight, nextState, next))
                    .isTrue();
            state = nextState;
            weight = next;
        }

        // an adaptive step shrinks the error by rate / (1 + sqrt(n)) < 1, n bounded: far below this after 2,000 steps
        assertThat(weight[0]).isCloseTo(2, within(1e-4f));
    }

    /** Rounding of one step must not be the next one's beginning in the same direction. */
    @Test
    void weightsWithoutAGradientDoNotDriftInManySteps() {
        Dense dense = new Dense();
        for (int i = 0; i < 10; i++) dense.step(RATE, gradient());
        float[] before = dense.parameters;

        for (int i = 0; i < 100_000; i++) dense.step(RATE * (1 + i % 7), new float[5]);

        // 100,000 roundings of half an ulp of l1 add up to some hundred ulps if they go either way: 1e-5 of l1 / d
        assertThat(dense.parameters).containsExactly(before, within(ROUNDING * before[0]));
    }
}
