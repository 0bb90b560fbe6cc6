package dev.millrace.model.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SquaresTest {

    /** The largest is a kernel of 1,500 by 1,500: its sum is far above what each value adds. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 4_096, 4_099, 2_250_000})
    void squaresOfManyValuesAddUpAsInDoublePrecision(int length) {
        SplittableRandom random = new SplittableRandom(length);
        try (FloatPointer values = new FloatPointer(Math.max(1, length))) {
            double expected = 0;
            for (int i = 0; i < length; i++) {
                float value = (float) random.nextDouble(0.5, 1.5);
                values.put(i, value);
                expected += (double) value * value;
            }

            // A stretch of 4,096 values in four sums: a few hundred roundings of 2^-24, most of which cancel.
            assertThat(Memory.squares(values.address(), length)).isCloseTo(expected, within(1e-6 * expected));
        }
    }
}
