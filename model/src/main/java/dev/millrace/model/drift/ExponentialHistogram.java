package dev.millrace.model.drift;

import java.nio.DoubleBuffer;
import java.util.Arrays;

/**
 * A window of values in logarithmic space. Row k holds buckets of {@code 2^k} values each, oldest first; when a row has more
 * than {@code perRow}, its two oldest become one bucket of the next row. A bucket is its sum and the sum of the squared
 * distances from its mean; two merge with {@code (mean_a - mean_b)^2 * n_a n_b / (n_a + n_b)} added (Chan et al. 1979).
 * Source: Bifet and Gavalda 2007, ADWIN2.
 */
final class ExponentialHistogram {
    private static final int ROWS = 48; // 2^48 values: no stream is that long

    private final int perRow;
    private final int stride;
    private final int[] counts = new int[ROWS];
    private final double[] sums; // [ROWS, perRow + 1]
    private final double[] squares; // [ROWS, perRow + 1]
    private int rows = 1;

    ExponentialHistogram(int perRow) {
        this.perRow = perRow;
        stride = perRow + 1;
        sums = new double[ROWS * stride];
        squares = new double[ROWS * stride];
    }

    /** Rows in use; the oldest bucket is the first of the last row. */
    int rows() {
        return rows;
    }

    int buckets(int row) {
        return counts[row];
    }

    double sum(int row, int bucket) {
        return sums[row * stride + bucket];
    }

    double squares(int row, int bucket) {
        return squares[row * stride + bucket];
    }

    void add(double value) {
        append(0, value, 0);
        for (int row = 0; counts[row] > perRow; row++) {
            double n = Math.scalb(1.0, row);
            double difference = (sum(row, 0) - sum(row, 1)) / n; // of the means
            append(
                    row + 1,
                    sum(row, 0) + sum(row, 1),
                    squares(row, 0) + squares(row, 1) + difference * difference * n / 2);
            removeOldest(row, 2);
        }
    }

    /** Forgets the oldest bucket; at least one has to be there. */
    void dropOldest() {
        removeOldest(rows - 1, 1);
        while (rows > 1 && counts[rows - 1] == 0) rows--;
    }

    void clear() {
        Arrays.fill(counts, 0);
        rows = 1;
    }

    private void append(int row, double sum, double square) {
        int at = row * stride + counts[row]++;
        sums[at] = sum;
        squares[at] = square;
        rows = Math.max(rows, row + 1);
    }

    private void removeOldest(int row, int buckets) {
        int from = row * stride;
        counts[row] -= buckets;
        System.arraycopy(sums, from + buckets, sums, from, counts[row]);
        System.arraycopy(squares, from + buckets, squares, from, counts[row]);
    }

    int stateLength() {
        return 2 + rows + 2 * Arrays.stream(counts).sum();
    }

    /** {buckets per row, rows, then of each row: count, sums, squares}. */
    void write(DoubleBuffer out) {
        out.put(perRow).put(rows);
        for (int row = 0; row < rows; row++) {
            out.put(counts[row]);
            out.put(sums, row * stride, counts[row]);
            out.put(squares, row * stride, counts[row]);
        }
    }

    /** False if the rows had another length. */
    boolean read(DoubleBuffer in) {
        if (in.get() != perRow) return false;
        rows = Limits.count(in.get(), 1, ROWS);
        for (int row = 0; row < rows; row++) {
            counts[row] = Limits.count(in.get(), 0, perRow);
            in.get(sums, row * stride, counts[row]);
            in.get(squares, row * stride, counts[row]);
        }
        return true;
    }
}
