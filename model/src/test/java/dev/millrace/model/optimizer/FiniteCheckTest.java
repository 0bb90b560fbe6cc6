package dev.millrace.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiniteCheckTest {

    @Test
    void findsOneBadValueAtAnyPlace() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int place = 0; place < 2100; place += 13) { // whole tiles and a rest
                float[] values = new float[2100];
                values[place] = bad;

                boolean finite = new FiniteCheck().allFinite(values);

                assertThat(finite).as("%s at %d", bad, place).isFalse();
            }
        }
    }

    @Test
    void oppositeInfinitiesDoNotCancel() {
        float[] values = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

        boolean finite = new FiniteCheck().allFinite(values);

        assertThat(finite).isFalse();
    }

    @Test
    void theLargestAndSmallestFloatsAreFinite() {
        float[] values = new float[1001];
        Arrays.fill(values, Float.MAX_VALUE);
        values[7] = -Float.MAX_VALUE;
        values[8] = Float.MIN_VALUE;
        values[9] = -0f;

        boolean finite = new FiniteCheck().allFinite(values);

        assertThat(finite).isTrue();
        assertThat(new FiniteCheck().allFinite(new float[0])).isTrue();
    }

    @Test
    void theNormOfHugeValuesDoesNotOverflow() {
        float[] values = new float[1000];
        Arrays.fill(values, Float.MAX_VALUE);

        double norm = new FiniteCheck().norm(values);

        // summed in double: relative 1e-13
        assertThat(norm / Float.MAX_VALUE).isCloseTo(Math.sqrt(1000), within(1e-11));
    }

    @Test
    void theNormOfTinyValuesDoesNotVanish() {
        float[] values = {3e-30f, 4e-30f, 0, 0, 0};

        double norm = new FiniteCheck().norm(values);

        assertThat(norm).isCloseTo(5e-30, within(1e-36)); // the inputs are floats: relative 1e-7
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1023, 1024, 1025, 65_536, 65_537, 100_000})
    void theNormIsThatOfASumInDouble(int length) {
        SplittableRandom random = new SplittableRandom(length);
        float[] values = new float[length];
        double expected = 0;
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-6, 3)));
            expected += (double) values[i] * values[i];
        }

        double norm = new FiniteCheck().norm(values);

        assertThat(norm / Math.sqrt(expected)).isCloseTo(1, within(2e-6)); // 64 terms summed in float
    }

    @Test
    void oneHugeValueAmongTinyOnesGivesItsOwnNorm() {
        float[] values = new float[2000];
        Arrays.fill(values, 1e-25f);
        values[100] = 3e37f;

        assertThat(new FiniteCheck().norm(values) / 3e37f).isCloseTo(1, within(1e-12));
    }
}
