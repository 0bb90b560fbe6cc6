package dev.millrace.model.engine.cuda.layer;

/**
 * How many rows go through for a number of samples: four sizes to an octave, so that few graphs serve all. What is more has weight
 * zero; powers of two and most multiples of them are met exactly.
 */
final class Rows {
    private static final int FEWEST = 8;

    private Rows() {}

    /** The smallest size that holds {@code count}. */
    static int of(int count) {
        if (count <= FEWEST) return FEWEST;
        int quarter = Integer.highestOneBit(count) >> 2;
        long whole = (count + quarter - 1L) / quarter * quarter;
        return (int) Math.min(whole, Integer.MAX_VALUE / 2);
    }
}
