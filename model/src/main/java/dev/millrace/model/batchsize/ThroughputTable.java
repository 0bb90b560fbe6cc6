package dev.millrace.model.batchsize;

/**
 * Measured step times by batch size, one row for each power of two, {decayed steps, samples, seconds}, forgetting 0.99 a
 * step of that row. Between rows the time is linear; beyond them it goes on as between the nearest two; with one row it is
 * the line whose ratio of round to sample is given. A cliff is seen as a slope as wide as an octave.
 */
final class ThroughputTable {
    private static final int ROWS = 31;
    private static final int ROW = 3;
    static final int LENGTH = ROWS * ROW;
    private static final double FORGETTING = 0.99;
    private static final double SMALLEST_SHARE = 1e-3; // of the nearest measured time per sample

    private final double[] rows;
    private final int at;

    /** A view of numbers from {@code at} on. */
    ThroughputTable(double[] rows, int at) {
        this.rows = rows;
        this.at = at;
    }

    /** Adds a step; a time that is not a positive number of seconds is left out. */
    void add(long samples, double seconds) {
        if (samples < 1 || !(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) return;
        int row = at + ROW * Math.min(63 - Long.numberOfLeadingZeros(samples), ROWS - 1);
        rows[row] = FORGETTING * rows[row] + 1;
        rows[row + 1] = FORGETTING * rows[row + 1] + samples;
        rows[row + 2] = FORGETTING * rows[row + 2] + seconds;
    }

    /** Mean size of the highest row, samples; 0 while empty. */
    double largest() {
        for (int row = ROWS - 1; row >= 0; row--) if (isKnown(row)) return size(row);
        return 0;
    }

    /**
     * Seconds of a step of this size; NaN while empty.
     *
     * @param roundCost r, samples, for as long as there is one row; NaN to take half of its time as the round's
     */
    double time(double size, double roundCost) {
        int low = -1; // the two rows whose line is used
        int high = -1;
        for (int row = 0; row < ROWS; row++) {
            if (!isKnown(row)) continue;
            low = high;
            high = row;
            if (low >= 0 && size(high) >= size) break;
        }
        if (high < 0) return Double.NaN;
        double round = roundCost >= 0 ? roundCost : size(high);
        double slope = low < 0
                ? seconds(high) / (round + size(high))
                : Math.max(0, (seconds(high) - seconds(low)) / (size(high) - size(low)));
        double time = seconds(high) + slope * (size - size(high));
        return Math.max(time, SMALLEST_SHARE * size * seconds(high) / size(high));
    }

    private boolean isKnown(int row) {
        return rows[at + ROW * row] > 0;
    }

    private double size(int row) {
        return rows[at + ROW * row + 1] / rows[at + ROW * row];
    }

    private double seconds(int row) {
        return rows[at + ROW * row + 2] / rows[at + ROW * row];
    }
}
