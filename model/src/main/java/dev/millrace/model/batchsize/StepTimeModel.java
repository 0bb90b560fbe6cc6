package dev.millrace.model.batchsize;

import java.util.Arrays;

/**
 * The step time T(N) = a + b N: a is what a round costs however few its samples, b what a sample costs over all workers.
 * Least squares of relative errors over one point for each half octave, each the average (0.99 a step of that row) of
 * the steps of such sizes and weighted with their number, hardly seen sizes left out. It must be the mean, as small steps
 * come in bursts: in the running job three in ten steps of 16 samples took an eighth of the mean, and the next one waited
 * for Kafka.
 *
 * <p>Sizes that were left keep their point. With forgetting by steps alone a batch that stays constant soon forgets what
 * others cost; in the running job a fit to the first, cold steps then said a = 0, which forbade every larger batch, for
 * ever.
 *
 * <p>Constraints: a >= 0, and b is at least 1/1000 of the mean time per sample, so that a / b stays finite. Until
 * sizes a factor 1.5 apart were seen, a is half the time (AdaptDL's choice for one size). Worked: (16, 28 ms), (64, 52 ms),
 * (256, 148 ms) give a = 20 ms, b = 0.5 ms.
 */
final class StepTimeModel {
    private static final int ROWS = 41; // two an octave, the last one for 2^20 samples and more
    private static final int ROW = 3;
    static final int LENGTH = ROWS * ROW;
    private static final double KEPT = 0.99;
    private static final double OUTLIER = 10; // times the mean, from the tenth step on
    private static final double SMALLEST_SHARE = 1e-3;
    private static final double WIDE = 1.5;
    private static final double RARE = 0.05; // of the steps of the commonest row: too few to believe
    private static final double SHORTEST = 1e-9; // seconds
    private static final double LONGEST = 1e6;

    static final StepTimeModel NONE = new StepTimeModel(emptyRows());

    private final Row[] rows; // never changed

    private StepTimeModel(Row[] rows) {
        this.rows = rows;
    }

    private static Row[] emptyRows() {
        Row[] rows = new Row[ROWS];
        Arrays.fill(rows, new Row(0, 0, 0));
        return rows;
    }

    /** Averages over the steps of one row; weight 0 if there were none. */
    private record Row(double weight, double samples, double seconds) {
        Row add(double n, double took) {
            double now = KEPT * weight + 1;
            double used = weight < OUTLIER ? took : Math.min(took, OUTLIER * seconds);
            return new Row(now, samples + (n - samples) / now, seconds + (used - seconds) / now);
        }
    }

    /**
     * The two costs.
     *
     * @param sync a, seconds a round; NaN before the first step
     * @param perSample b, seconds, > 0; NaN before the first step
     * @param largest mean size of the largest steps that the fit goes by, samples; 0 before the first step
     */
    public record Fit(double sync, double perSample, double largest) {
        /** r = a / b: a round costs as much as r samples. */
        public double roundCost() {
            return sync / perSample;
        }
    }

    /** Adds a step; a time that is no number of seconds is left out. */
    StepTimeModel observe(double n, double took) {
        if (!(n >= 1) || !(took >= SHORTEST && took < LONGEST)) return this;
        Row[] next = rows.clone();
        int row = (int) Math.min(2 * Math.log(n) / Math.log(2) + 1e-9, ROWS - 1);
        next[row] = rows[row].add(n, took);
        return new StepTimeModel(next);
    }

    Fit fit() {
        // minimizes the sum of w ((a + b n) / t - 1)^2, that is of w (a x + b y - 1)^2 with x = 1 / t, y = n / t
        double least = RARE * heaviest();
        double fewest = Double.POSITIVE_INFINITY;
        double most = 0;
        double xx = 0;
        double xy = 0;
        double yy = 0;
        double x = 0;
        double y = 0;
        double weights = 0;
        for (Row row : rows) {
            if (row.weight == 0 || row.weight < least) continue;
            fewest = Math.min(fewest, row.samples);
            most = Math.max(most, row.samples);
            double perSecond = 1 / row.seconds;
            double rate = row.samples * perSecond;
            xx += row.weight * perSecond * perSecond;
            xy += row.weight * perSecond * rate;
            yy += row.weight * rate * rate;
            x += row.weight * perSecond;
            y += row.weight * rate;
            weights += row.weight;
        }
        if (most == 0) return new Fit(Double.NaN, Double.NaN, 0);
        if (most < WIDE * fewest) return new Fit(weights / x / 2, weights / y / 2, most);
        double smallest = SMALLEST_SHARE * weights / y;
        double determinant = xx * yy - xy * xy;
        double a = (x * yy - y * xy) / determinant;
        double b = (y * xx - x * xy) / determinant;
        if (b < smallest) return new Fit(Math.max((x - smallest * xy) / xx, 0), smallest, most);
        return a >= 0 ? new Fit(a, b, most) : new Fit(0, y / yy, most);
    }

    private double heaviest() {
        double weight = 0;
        for (Row row : rows) weight = Math.max(weight, row.weight);
        return weight;
    }

    void write(double[] to, int at) {
        int next = at;
        for (Row row : rows) {
            to[next++] = row.weight;
            to[next++] = row.samples;
            to[next++] = row.seconds;
        }
    }

    static StepTimeModel read(double[] from, int at) {
        Row[] rows = new Row[ROWS];
        for (int row = 0; row < ROWS; row++) {
            int begin = at + row * ROW;
            rows[row] = new Row(from[begin], from[begin + 1], from[begin + 2]);
        }
        return new StepTimeModel(rows);
    }
}
