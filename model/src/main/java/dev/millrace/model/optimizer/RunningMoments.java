package dev.millrace.model.optimizer;

import dev.millrace.model.spec.Moments;
import java.util.Arrays;

/**
 * Updates mean and variance that stand among the parameters but are set by the samples instead of the gradient. A step
 * brings n samples, s1 = sum (x - mean) and s2 = sum (x - mean)^2 at the mean of before; with share rho and d = s1 / n
 *
 * <pre>
 * mean'     = mean + rho d
 * variance' = (1 - rho) variance + rho (s2 / n - d^2) + rho (1 - rho) d^2
 * count'    = count + n
 * </pre>
 *
 * rho = n / count' gives mean and variance of all samples exactly; it is never below 1 - 2^(-n / halfLife), so that the moments
 * follow a stream that drifts. Source: Chan, Golub and LeVeque 1979, "Updating Formulae and a Pairwise Algorithm for
 * Computing Sample Variances".
 */
final class RunningMoments {
    private final Moments place;
    private final float[] sums; // s1, s2, n of the step under way

    RunningMoments(Moments place) {
        this.place = place;
        this.sums = new float[place.size()];
    }

    /** Takes the sums out of a gradient's sum; zeros stay in their place. */
    void take(float[] gradientSum) {
        System.arraycopy(gradientSum, place.offset(), sums, 0, sums.length);
        Arrays.fill(gradientSum, place.offset(), place.end(), 0);
    }

    /** Writes the moments of after the step whose sums were taken. */
    void update(float[] before, float[] after) {
        int width = place.width();
        System.arraycopy(before, place.offset(), after, place.offset(), sums.length);
        double n = sums[2 * width];
        if (n == 0) return;
        int counter = place.end() - 1;
        after[counter] = (float) (before[counter] + n);
        double fading = -Math.expm1(-n / place.halfLife() * Math.log(2));
        double share = Math.max(n / (before[counter] + n), fading);
        for (int i = 0; i < width; i++) {
            int mean = place.offset() + i;
            int variance = mean + width;
            double way = sums[i] / n;
            double own = Math.max(sums[width + i] / n - way * way, 0);
            after[mean] = (float) (before[mean] + share * way);
            after[variance] = (float) ((1 - share) * before[variance] + share * own + share * (1 - share) * way * way);
        }
    }
}
