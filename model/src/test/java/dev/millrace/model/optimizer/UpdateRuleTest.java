package dev.millrace.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateRuleTest {
    private static final float[] PARAMETERS = {1f, -2f, 3f, -4f, 5f};

    private final float[] parameters = PARAMETERS.clone();
    private final float[] next = new float[5];

    @Test
    void theSumIsDividedByTheTotalWeightOnce() {
        UpdateRule rule = rule(Map.of());
        float[] sum = {4, 8, 12, 16, 20};

        boolean accepted = rule.apply(1, 0.5, 4, sum, rule.init(5), parameters, rule.init(5), next);

        assertThat(accepted).isTrue();
        assertThat(next).containsExactly(0.5f, -3f, 1.5f, -6f, 2.5f); // exact: powers of two
        assertThat(rule.gradientNorm()).isCloseTo(Math.sqrt(55), within(1e-12)); // 1, 2, 3, 4, 5
    }

    @Test
    void aWeightSmallerThanTheReciprocalOfAnyFloatDividesToo() {
        UpdateRule rule = rule(Map.of());
        float[] sum = {1e-40f, 0, 0, 0, 0};

        boolean accepted = rule.apply(1, 1, 1e-40, sum, rule.init(5), new float[5], rule.init(5), next);

        assertThat(accepted).isTrue();
        assertThat(next[0]).isCloseTo(-1f, within(1e-5f)); // 1e-40 is subnormal: 17 bits
    }

    @ParameterizedTest
    @ValueSource(doubles = {3, 7, 32, 1000, 0.3, 1e-3, 16777217})
    void divisionRoundsOnceWhetherOrNotTheWeightIsAFloat(double weight) {
        UpdateRule rule = rule(Map.of());
        float[] sum = {1.7f, -2.3f, 1e-3f, 12345.678f, 1e30f};
        float[] expected = new float[5];
        for (int i = 0; i < 5; i++) expected[i] = (float) (sum[i] / weight);

        rule.apply(1, 1, weight, sum, rule.init(5), new float[5], rule.init(5), next);

        for (int i = 0; i < 5; i++) assertThat(next[i]).isEqualTo(-expected[i]);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aGradientThatIsNotFiniteIsRefusedBeforeTheClipAndChangesNothing(float poison) {
        for (String name : new String[] {"sgd", "momentum", "nesterov", "adam", "adamw"}) {
            UpdateRule rule = rule(Map.of("name", name, "clip_norm", 1, "clip_value", 0.5));
            OptimizerState state = rule.init(5);
            for (float[] slot : state.slots()) slot[2] = 0.25f;
            OptimizerState nextState = rule.init(5);

            boolean accepted =
                    rule.apply(1, 0.1, 2, new float[] {1, 2, poison, 4, 5}, state, parameters, nextState, next);

            assertThat(accepted).as(name).isFalse();
            assertThat(rule.gradientNorm()).isNotFinite();
            assertThat(parameters).containsExactly(PARAMETERS);
            for (float[] slot : state.slots()) assertThat(slot).containsExactly(0, 0, 0.25f, 0, 0);
            for (float[] slot : nextState.slots()) assertThat(slot).containsOnly(0); // nothing was computed at all
            assertThat(next).containsOnly(0);
        }
    }

    @Test
    void noWeightAtAllIsRefused() {
        UpdateRule rule = rule(Map.of());

        boolean accepted = rule.apply(1, 0.1, 0, new float[5], rule.init(5), parameters, rule.init(5), next);

        assertThat(accepted).isFalse();
    }

    @Test
    void parametersThatOverflowAreRefused() {
        UpdateRule rule = rule(Map.of());
        float[] sum = {Float.MAX_VALUE, 0, 0, 0, 0};

        boolean accepted = rule.apply(1, 10, 1, sum, rule.init(5), parameters, rule.init(5), next);

        assertThat(accepted).isFalse();
        assertThat(parameters).containsExactly(PARAMETERS);
    }

    @Test
    void optimizerStateThatOverflowsIsRefused() {
        UpdateRule rule = rule(Map.of("name", "adam"));
        float[] sum = {1e30f, 0, 0, 0, 0}; // its square is no float, but g / sqrt(inf) = 0 would look harmless

        boolean accepted = rule.apply(1, 0.1, 1, sum, rule.init(5), parameters, rule.init(5), next);

        assertThat(accepted).isFalse();
    }

    @Test
    void aZeroGradientWithClippingMovesNothing() {
        UpdateRule rule = rule(Map.of("clip_norm", 1, "clip_value", 1));

        boolean accepted = rule.apply(1, 0.1, 3, new float[5], rule.init(5), parameters, rule.init(5), next);

        assertThat(accepted).isTrue();
        assertThat(next).containsExactly(PARAMETERS);
        assertThat(rule.gradientNorm()).isZero();
    }

    @Test
    void clipNormShortensTheMeanGradientAndKeepsItsDirection() {
        UpdateRule rule = rule(Map.of("clip_norm", 1));
        float[] sum = {6, 8, 0, 0, 0}; // mean 3, 4: norm 5

        rule.apply(1, 1, 2, sum, rule.init(5), new float[5], rule.init(5), next);

        assertThat(next).containsExactly(new float[] {-0.6f, -0.8f, 0, 0, 0}, within(1e-7f)); // half an ulp of 0.8
        assertThat(rule.gradientNorm()).isCloseTo(5, within(1e-12)); // before the clip
    }

    @Test
    void clipNormBringsEvenTheLargestFloatsDown() {
        UpdateRule rule = rule(Map.of("clip_norm", 1e-6));
        float[] sum = new float[5];
        Arrays.fill(sum, Float.MAX_VALUE);

        boolean accepted = rule.apply(1, 1, 1, sum, rule.init(5), new float[5], rule.init(5), next);

        assertThat(accepted).isTrue();
        assertThat(new FiniteCheck().norm(next)).isCloseTo(1e-6, within(1e-12)); // float32: 1e-7 of it
    }

    @Test
    void clipNormLeavesAShortGradientAlone() {
        UpdateRule rule = rule(Map.of("clip_norm", 5));
        float[] sum = {3, 4, 0, 0, 0};

        rule.apply(1, 1, 1, sum, rule.init(5), new float[5], rule.init(5), next);

        assertThat(next).containsExactly(-3, -4, 0, 0, 0);
    }

    @Test
    void clipValueBoundsEachElement() {
        UpdateRule rule = rule(Map.of("clip_value", 0.5));
        float[] sum = {3, -4, 0.25f, -0.25f, 0.5f};

        rule.apply(1, 1, 1, sum, rule.init(5), new float[5], rule.init(5), next);

        assertThat(next).containsExactly(-0.5f, 0.5f, -0.25f, 0.25f, -0.5f);
    }

    @Test
    void aTinyDecoupledDecayIsNotRoundedAway() {
        UpdateRule rule = rule(Map.of("name", "adamw", "weight_decay", 0.004));
        float[] sum = new float[5];
        double rate = 1e-4; // 1 - rate * decay = 1 - 4e-7 differs by 5 % from the nearest float

        rule.apply(1, rate, 1, sum, rule.init(5), parameters, rule.init(5), next);

        // of 3, whose ulp is 2.4e-7, 1.2e-6 is taken away: right to half an ulp
        assertThat((double) next[2]).isCloseTo(3 - 3 * rate * 0.004, within(1.2e-7));
    }

    @Test
    void sameInputsGiveTheSameBits() {
        UpdateRule rule = rule(Map.of("name", "adamw", "clip_norm", 1));
        float[] again = new float[5];

        rule.apply(7, 0.1, 3, new float[] {1, 2, 3, 4, 5}, rule.init(5), parameters, rule.init(5), next);
        rule.apply(7, 0.1, 3, new float[] {1, 2, 3, 4, 5}, rule.init(5), parameters, rule.init(5), again);

        assertThat(again).containsExactly(next);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "momentum", "nesterov", "adam", "adamw"})
    void aStepAllocatesNothing(String name) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        UpdateRule rule = rule(Map.of("name", name, "clip_norm", 1, "clip_value", 0.5, "weight_decay", 0.01));
        OptimizerState state = rule.init(5);
        OptimizerState nextState = rule.init(5);
        float[] sum = new float[5];
        long thread = Thread.currentThread().getId();
        int steps = 10_000;
        for (int i = 1; i <= steps; i++)
            rule.apply(i, 0.1, 3, sum, state, parameters, nextState, next); // loads classes

        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 1; i <= steps; i++) rule.apply(i, 0.1, 3, sum, state, parameters, nextState, next);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;

        assertThat(allocated).isLessThan(steps); // the smallest object takes 16 bytes; the query itself may take some
    }

    private static UpdateRule rule(Map<String, Object> section) {
        return OptimizerSpec.of(section).rule();
    }
}
