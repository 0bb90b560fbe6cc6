package dev.millrace.model.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Against Java's own functions over a dense grid. */
class FastMathTest {

    @Test
    void expIsGoodToAFewUnitsInTheLastPlace() {
        double worst = 0;
        for (float x = -86; x < 87; x += 0.0137f) {
            worst = Math.max(worst, Math.abs(FastMath.exp(x) / Math.exp(x) - 1));
        }

        assertThat(worst).isLessThan(4e-7);
    }

    @Test
    void expIsBoundedAndKeepsNan() {
        assertThat(FastMath.exp(1000)).isFinite().isGreaterThan(1e37f);
        assertThat(FastMath.exp(-1000)).isGreaterThan(0).isLessThan(1e-36f);
        assertThat(FastMath.exp(Float.NaN)).isNaN();
    }

    @Test
    void tanhAndSigmoidAreGoodToTheFloat() {
        for (float x = -20; x < 20; x += 0.0137f) {
            assertThat(FastMath.tanh(x)).isCloseTo((float) Math.tanh(x), within(3e-7f));
            assertThat(FastMath.sigmoid(x)).isCloseTo((float) (1 / (1 + Math.exp(-x))), within(2e-7f));
        }
    }

    @Test
    void tanhKeepsItsDigitsNearZero() {
        for (float x : new float[] {1e-6f, 1e-3f, 0.02f, 0.0399f, 0.0401f, 0.1f}) {
            // 1 - 2 / (e^2x + 1) cancels to about 1e-7 / x: 3e-6 at 0.04.
            assertThat(Math.abs(FastMath.tanh(x) / Math.tanh(x) - 1)).isLessThan(4e-6);
        }
    }

    @Test
    void log1pKeepsItsDigitsFromZeroToOne() {
        for (float x = 1e-30f; x <= 1; x *= 1.01f) {
            assertThat(Math.abs(FastMath.log1p(x) / Math.log1p(x) - 1)).isLessThan(1e-10);
        }
        assertThat(FastMath.log1p(0)).isZero();
    }
}
