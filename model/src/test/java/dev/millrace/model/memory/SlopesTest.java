package dev.millrace.model.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the plain formula in float32, value by value, on both sides of a tile's end. */
class SlopesTest {
    private interface Formula {
        float of(float d, float a);
    }

    private interface Loop {
        void apply(Slopes slopes, long d, long a, long length);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1023, 1024, 1025, 3000})
    void gradientsAreMultipliedByTheSlope(int length) {
        check(length, (d, a) -> a > 0 ? d : 0f, Slopes::relu);
        check(length, (d, a) -> d * (1f - a * a), Slopes::tanh);
        check(length, (d, a) -> d * (a * (1f - a)), Slopes::sigmoid);
    }

    private static void check(int length, Formula formula, Loop loop) {
        SplittableRandom random = new SplittableRandom(length);
        float[] expected = new float[length];
        try (OffHeap d = new OffHeap(length);
                OffHeap a = new OffHeap(length)) {
            for (int i = 0; i < length; i++) {
                float gradient = (float) random.nextDouble(-1, 1);
                float output = (float) Math.max(0, random.nextDouble(-1, 1)); // half of them 0, as behind relu
                Memory.put(d.address(i), gradient);
                Memory.put(a.address(i), output);
                expected[i] = formula.of(gradient, output);
            }

            loop.apply(new Slopes(), d.address(0), a.address(0), length);

            for (int i = 0; i < length; i++) {
                assertThat(Memory.get(d.address(i)) + 0f).isEqualTo(expected[i] + 0f); // + 0f: -0 is 0
            }
        }
    }
}
