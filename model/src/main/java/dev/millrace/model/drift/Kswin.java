package dev.millrace.model.drift;

import java.nio.DoubleBuffer;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;

/**
 * Kolmogorov-Smirnov windowing: of the last {@code window} values the newest {@code statistic} are compared with as many
 * drawn at random, without replacement, from the older ones. With the largest distance D of the two empirical distributions,
 * a change is found when {@code P(D' >= D) <= alpha} (exact, two-sided).
 *
 * <p><b>One-sided.</b> The test finds changes of any form in both directions. A change whose newer mean is not above the
 * older one neither fires nor resets: it leaves the window by itself after {@code window} values. <b>Reset.</b> The window
 * starts empty after a drift; to keep the newest values, as the source does, would keep some from before the change and
 * raise a second alarm. A change while the window fills is not seen.
 *
 * <p>The test is repeated with every value, so alpha is not the rate of false alarms: with the defaults there is one in about
 * a thousand values, far more than of any other detector here. The draw depends only on the seed and on how many values were
 * seen. Source: Raab et al. 2020, "Reactive soft prototype computing for concept drift streams" (it draws with replacement).
 */
public final class Kswin extends FiniteLossDetector {
    private static final KolmogorovSmirnovTest TEST = new KolmogorovSmirnovTest();

    private final Constants constants;
    private final double critical; // D from which on P <= alpha
    private final double[] window; // [window], oldest first
    private final double[] pool; // [window - statistic], scratch of the draw
    private final double[] older; // [statistic]
    private final double[] newer; // [statistic]
    private int count;
    private long seen;

    public Kswin(Constants constants) {
        super(DriftKind.KSWIN);
        this.constants = constants;
        critical = (constants.critical() - 0.5) / constants.statistic(); // half a step is for rounding
        window = new double[constants.window()];
        pool = new double[constants.window() - constants.statistic()];
        older = new double[constants.statistic()];
        newer = new double[constants.statistic()];
    }

    @Override
    boolean observeFinite(double loss) {
        seen++;
        if (count == window.length) System.arraycopy(window, 1, window, 0, --count);
        window[count++] = loss;
        if (count < window.length) return false;
        draw();
        System.arraycopy(window, pool.length, newer, 0, newer.length);
        if (sum(newer) <= sum(older) || TEST.kolmogorovSmirnovStatistic(older, newer) < critical) return false;
        count = 0;
        return true;
    }

    /** The first steps of a shuffle. */
    private void draw() {
        System.arraycopy(window, 0, pool, 0, pool.length);
        SplittableRandom random = new SplittableRandom(constants.seed() + seen);
        for (int i = 0; i < older.length; i++) {
            int j = random.nextInt(i, pool.length);
            older[i] = pool[j];
            pool[j] = pool[i];
        }
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) sum += value;
        return sum;
    }

    @Override
    int stateLength() {
        return 3 + count;
    }

    @Override
    void write(DoubleBuffer out) {
        out.put(window.length).put(seen).put(count).put(window, 0, count);
    }

    @Override
    boolean read(DoubleBuffer in) {
        if (in.get() != window.length) return false;
        seen = (long) in.get();
        count = Limits.count(in.get(), 0, window.length);
        in.get(window, 0, count);
        return true;
    }

    /**
     * The numbers of the method.
     *
     * @param alpha level of each test, in (0, 1)
     * @param window values kept, >= 2 * statistic
     * @param statistic values compared, in 2..500; enough that alpha can be reached at all
     * @param seed of the draws
     */
    public record Constants(double alpha, int window, int statistic, long seed) {
        public static final Constants DEFAULT = new Constants(0.005, 100, 30, 42);

        public Constants {
            Limits.require(alpha > 0 && alpha < 1, "kswin.alpha", "in (0, 1)", alpha);
            Limits.require(statistic >= 2 && statistic <= 500, "kswin.statistic", "in 2..500", statistic);
            Limits.require(
                    window >= 2 * statistic && window <= 1_000_000,
                    "kswin.window",
                    "in " + 2 * statistic + "..1000000",
                    window);
            double smallest = TEST.exactP(1, statistic, statistic, false);
            Limits.require(alpha >= smallest, "kswin.alpha", ">= " + (float) smallest + " with so few values", alpha);
        }

        /** The smallest k with P(D >= k / statistic) <= alpha. */
        private int critical() {
            int k = statistic;
            while (k > 1 && TEST.exactP((double) (k - 1) / statistic, statistic, statistic, false) <= alpha) k--;
            return k;
        }
    }
}
