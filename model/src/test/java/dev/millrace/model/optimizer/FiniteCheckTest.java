package dev.millrace.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FiniteCheckTest {

    @Test
    void findsOneBadValueAtAnyPlace() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int place = 0; place < 11; place++) {
                float[] values = new float[11];
                values[place] = bad;

                boolean finite = FiniteCheck.allFinite(values);

                assertThat(finite).as("%s at %d", bad, place).isFalse();
            }
        }
    }

    @Test
    void oppositeInfinitiesDoNotCancel() {
        float[] values = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

        boolean finite = FiniteCheck.allFinite(values);

        assertThat(finite).isFalse();
    }

    @Test
    void theLargestAndSmallestFloatsAreFinite() {
        float[] values = new float[1001];
        Arrays.fill(values, Float.MAX_VALUE);
        values[7] = -Float.MAX_VALUE;
        values[8] = Float.MIN_VALUE;
        values[9] = -0f;

        boolean finite = FiniteCheck.allFinite(values);

        assertThat(finite).isTrue();
        assertThat(FiniteCheck.allFinite(new float[0])).isTrue();
    }

    @Test
    void theNormOfHugeValuesDoesNotOverflow() {
        float[] values = new float[1000];
        Arrays.fill(values, Float.MAX_VALUE);

        double norm = FiniteCheck.norm(values);

        // double sums of 1000 equal terms: relative 1e-13
        assertThat(norm / Float.MAX_VALUE).isCloseTo(Math.sqrt(1000), within(1e-11));
    }

    @Test
    void theNormOfTinyValuesDoesNotVanish() {
        float[] values = {3e-30f, 4e-30f, 0, 0, 0};

        double norm = FiniteCheck.norm(values);

        assertThat(norm).isCloseTo(5e-30, within(1e-36)); // the inputs are floats: relative 1e-7
    }
}
