package dev.millrace.model.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FastMathTest {

    @Test
    void exponentialAgreesWithTheJdkToTwoPartsInTenMillion() {
        double worst = 0;
        for (float x = -87f; x <= 88f; x += 0.00037f) {
            worst = Math.max(worst, Math.abs(FastMath.exp(x) / Math.exp(x) - 1));
        }

        // 2^-23 is 1.2e-7; the polynomial's remainder and the rounding of its sum add to 2.5 of these.
        assertThat(worst).isLessThan(3e-7);
    }

    @Test
    void exponentialSaturatesInsteadOfOverflowing() {
        assertThat(FastMath.exp(1e4f)).isBetween(1e38f, Float.MAX_VALUE);
        assertThat(FastMath.exp(-1e4f)).isBetween(0f, 2e-38f);
        assertThat(FastMath.exp(Float.POSITIVE_INFINITY)).isFinite();
        assertThat(FastMath.exp(Float.NaN)).isNaN();
    }

    @Test
    void sigmoidAndTanhAgreeWithTheJdk() {
        double worstSigmoid = 0;
        double worstTanh = 0;
        for (float x = -20f; x <= 20f; x += 0.00013f) {
            worstSigmoid = Math.max(worstSigmoid, Math.abs(FastMath.sigmoid(x) - 1 / (1 + Math.exp(-x))));
            worstTanh = Math.max(worstTanh, Math.abs(FastMath.tanh(x) - Math.tanh(x)));
        }

        // A few units in the last place of 1.
        assertThat(worstSigmoid).isLessThan(3e-7);
        assertThat(worstTanh).isLessThan(4e-7);
    }

    @Test
    void tanhKeepsItsDigitsNearZero() {
        for (float x : new float[] {1e-6f, 1e-3f, 0.02f, 0.0399f, 0.0401f, 0.1f}) {
            // 1 - 2 / (e^2x + 1) cancels to about 1e-7 / x: 3e-6 at 0.04.
            assertThat(Math.abs(FastMath.tanh(x) / Math.tanh(x) - 1)).isLessThan(4e-6);
        }
    }
}
