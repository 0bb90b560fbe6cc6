package dev.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RegressionErrorsTest {
    private static RegressionErrors of(float[] labels, float[] predictions, double weight) {
        RegressionErrors errors = new RegressionErrors();
        for (int i = 0; i < labels.length; i++) errors.add(labels, predictions, i, 1, weight);
        return errors;
    }

    @Test
    void theMeanOfTheLabelsExplainsNothing() {
        RegressionErrors errors = of(new float[] {1, 2, 3, 6}, new float[] {3, 3, 3, 3}, 1);

        assertThat(errors.r2()).isZero();
        assertThat(errors.mae()).isEqualTo((2 + 1 + 0 + 3) / 4.0);
        assertThat(errors.rmse()).isEqualTo(Math.sqrt((4 + 1 + 0 + 9) / 4.0));
    }

    @Test
    void labelsThatAreAllAlikeHaveNothingToExplain() {
        RegressionErrors errors = of(new float[] {0.1f, 0.1f, 0.1f}, new float[] {0.2f, 0.1f, 0}, 3);
        errors.merge(of(new float[] {0.1f}, new float[] {0.1f}, 0.7));

        assertThat(errors.r2()).isNaN();
    }

    @Test
    void aSpreadThatIsSmallBesideTheLabelsIsNotLost() {
        // Multiples of 128, as float32 has them here; sums of squares would be good to some 1e21 * 1e-16 = 1e5.
        float[] labels = new float[1_000];
        float[] predictions = new float[1_000];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = 1_700_000_000f + 128 * (i % 2);
            predictions[i] = labels[i];
        }
        predictions[1] -= 128;
        RegressionErrors errors = of(labels, predictions, 1);
        RegressionErrors both = of(labels, predictions, 1);
        both.merge(errors);

        // one error of 128 in a thousand; a variance of 64^2
        assertThat(errors.r2()).isCloseTo(1 - 128.0 * 128 / (1_000 * 64.0 * 64), within(1e-9));
        assertThat(both.r2()).isCloseTo(errors.r2(), within(1e-9));
    }

    @Test
    void whatHasFadedIsGone() {
        RegressionErrors errors = of(new float[] {1, 5}, new float[] {1, 4}, 1);

        errors.fade(0.25);
        assertThat(errors.r2()).isEqualTo(1 - 1.0 / 8); // the ratio stays
        errors.fade(1e-250);

        assertThat(errors.rmse()).isNaN();
        errors.merge(of(new float[] {2, 4}, new float[] {2, 3}, 1));
        assertThat(errors.r2()).isEqualTo(0.5); // 1 - 1 / 2, as if nothing had been before
    }

    @Test
    void ofTooManyOutputsTheErrorsAreKnownButNotTheSpread() {
        int outputs = RegressionErrors.MAX_OUTPUTS + 1;
        RegressionErrors errors = new RegressionErrors();
        float[] ones = new float[outputs];
        Arrays.fill(ones, 1);

        errors.add(ones, new float[outputs], 0, outputs, 1);

        assertThat(errors.mae()).isEqualTo(1);
        assertThat(errors.r2()).isNaN();
    }
}
