package dev.millrace.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.Moments;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunningMomentsTest {
    private static final double NEVER = Double.POSITIVE_INFINITY;

    /** Steps of one feature; the first and the last parameter are others'. */
    private static float[] after(double halfLife, float[]... steps) {
        UpdateRule rule = new UpdateRule(new Sgd(), Clip.NONE, 0, List.of(new Moments(1, 1, halfLife)));
        OptimizerState none = rule.init(5);
        float[] parameters = {7, 0, 1, 0, 9};
        for (float[] values : steps) {
            float[] gradient = {3, 0, 0, values.length, 4};
            for (float x : values) {
                gradient[1] += x - parameters[1];
                gradient[2] += (x - parameters[1]) * (x - parameters[1]);
            }
            float[] next = new float[5];
            assertThat(rule.apply(1, 0.001, 1, gradient, none, parameters, none, next))
                    .isTrue();
            assertThat(rule.gradientNorm()).as("of what has a gradient").isEqualTo(5);
            parameters = next;
        }
        assertThat(parameters[0]).isCloseTo(7 - 0.003f * steps.length, within(1e-4f));
        assertThat(parameters[4]).isCloseTo(9 - 0.004f * steps.length, within(1e-4f));
        return parameters;
    }

    @Test
    void areMeanAndVarianceOfAllSamplesHoweverTheyAreGrouped() {
        // 1, 2, 4, 9: mean 4, variance (9 + 4 + 0 + 25) / 4
        float[][] once = {{1, 2, 4, 9}};
        float[][] grouped = {{1}, {2, 4}, {9}};

        for (float[] moments : new float[][] {after(NEVER, once), after(NEVER, grouped)}) {
            assertThat(moments[1]).isCloseTo(4, within(1e-6f));
            assertThat(moments[2]).isCloseTo(9.5f, within(1e-5f));
            assertThat(moments[3]).isEqualTo(4);
        }
    }

    @Test
    void followAStreamThatDriftsWithTheirHalfLife() {
        float[][] steps = new float[300][10];
        SplittableRandom random = new SplittableRandom(1);
        for (int s = 0; s < steps.length; s++) {
            for (int i = 0; i < 10; i++) steps[s][i] = (float) (s < 200 ? random.nextGaussian() : 50);
        }

        // 1,000 samples after the drift are ten half-lives of 100
        assertThat(after(100, steps)[1]).isCloseTo(50 * (1 - (float) Math.pow(2, -10)), within(1e-2f));
        assertThat(after(NEVER, steps)[1]).isCloseTo(50 / 3f, within(0.1f));
    }

    @Test
    void aStepWhoseMomentsAreNotFiniteIsRefused() {
        UpdateRule rule = new UpdateRule(new Sgd(), Clip.NONE, 0, List.of(new Moments(0, 1, NEVER)));
        OptimizerState none = rule.init(4);

        assertThat(rule.apply(
                        1,
                        0.1,
                        1,
                        new float[] {Float.POSITIVE_INFINITY, 1, 1, 0},
                        none,
                        new float[4],
                        none,
                        new float[4]))
                .isFalse();
    }

    @Test
    void noOptimizerAndNoDecayTouchesThem() {
        for (String name : new String[] {"adamw", "momentum", "rmsprop", "ftrl"}) {
            UpdateRule rule = new UpdateRule(
                    OptimizerSpec.of(Map.of("name", name)).optimizer(),
                    Clip.NONE,
                    0.1,
                    List.of(new Moments(0, 1, NEVER)));
            float[] next = new float[4];

            rule.apply(1, 0.5, 1, new float[4], rule.init(4), new float[] {5, 6, 7, 8}, rule.init(4), next);

            assertThat(next).as(name).startsWith(5, 6, 7).doesNotContain(8);
        }
    }
}
