package dev.millrace.model.loss;

import java.util.Arrays;

/**
 * Sums over the rows that a loss has seen, and the mean loss of each {@link #PIECE} rows in their order, which drift
 * detectors watch. Mutable, reused.
 */
public final class LossSums {
    /** Rows of a piece. */
    public static final int PIECE = 32;

    /** Fewer rows at the end make no piece: their mean is too noisy. */
    private static final int SMALLEST_PIECE = 16;

    /** sum_i weight_i. */
    public double weight;

    /** sum_i weight_i * loss_i. */
    public double loss;

    /** sum_i weight_i * loss_i^2. */
    public double lossSquared;

    /** Mean losses of the pieces, the first {@link #pieceCount} count. */
    public float[] pieces = new float[8];

    public int pieceCount;

    private int pieceRows;
    private double pieceWeight;
    private double pieceLoss;

    /** Forgets everything. */
    public void reset() {
        pieceCount = 0;
        pieceRows = 0;
        pieceWeight = 0;
        pieceLoss = 0;
        weight = 0;
        loss = 0;
        lossSquared = 0;
    }

    /** Adds a row. */
    public void add(double rowWeight, double rowLoss) {
        if (rowWeight == 0) return; // even of a row whose loss overflowed
        weight += rowWeight;
        loss += rowWeight * rowLoss;
        lossSquared += rowWeight * rowLoss * rowLoss;
        pieceWeight += rowWeight;
        pieceLoss += rowWeight * rowLoss;
        if (++pieceRows == PIECE) closePiece();
    }

    /** Makes a piece of the rows behind the last one, if they are enough. */
    public void finish() {
        if (pieceRows >= SMALLEST_PIECE) closePiece();
    }

    private void closePiece() {
        if (pieceCount == pieces.length) pieces = Arrays.copyOf(pieces, 2 * pieceCount);
        pieces[pieceCount++] = (float) (pieceLoss / pieceWeight);
        pieceRows = 0;
        pieceWeight = 0;
        pieceLoss = 0;
    }
}
