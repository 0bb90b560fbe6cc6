package dev.millrace.model.batchsize;

/**
 * Tells the regime from the lag, with hysteresis. Catch-up begins with the third decision in a row at which more than two
 * batches wait, or more than a second's arrivals; it ends when less than a batch waits.
 *
 * <p>A slow stream has more than a second's arrivals waiting whenever a batch takes seconds to fill. So a second's
 * arrivals count as lag only if they are at least a batch; otherwise the two rules would contradict each other.
 * Unknown lag changes nothing, and begins the row anew.
 *
 * @param behind decisions in a row that found too much lag, while live
 */
record RegimeWatch(Regime regime, int behind) {
    static final RegimeWatch LIVE = new RegimeWatch(Regime.LIVE, 0);
    private static final RegimeWatch CATCH_UP = new RegimeWatch(Regime.CATCH_UP, 0);
    static final int LENGTH = 2;
    private static final int IN_A_ROW = 3;

    /**
     * The regime after a decision.
     *
     * @param lag samples that wait
     * @param batchSize in force
     * @param arrivalRate samples per second
     */
    RegimeWatch observe(double lag, double batchSize, double arrivalRate) {
        boolean known = lag >= 0 && lag < Double.POSITIVE_INFINITY;
        if (regime == Regime.CATCH_UP) return known && lag < batchSize ? LIVE : this;
        boolean tooMuch = known && (lag > 2 * batchSize || (lag > arrivalRate && lag >= batchSize && arrivalRate >= 0));
        if (!tooMuch) return LIVE;
        return behind + 1 < IN_A_ROW ? new RegimeWatch(Regime.LIVE, behind + 1) : CATCH_UP;
    }

    void write(double[] to, int at) {
        to[at] = regime.code();
        to[at + 1] = behind;
    }

    static RegimeWatch read(double[] from, int at) {
        return new RegimeWatch(Codes.read(Regime.values(), from[at]), (int) from[at + 1]);
    }
}
