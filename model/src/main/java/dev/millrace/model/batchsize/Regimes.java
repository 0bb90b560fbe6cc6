package dev.millrace.model.batchsize;

import java.io.Serializable;

/**
 * What a regime means for the batch. Live: samples are the currency, a round costs nothing (r_e = 0), B0 = max(16,
 * floor). Catch-up: time is the currency, r_e = r, B0 = max(16, floor, r / 8), as below r / 8 a larger batch is nearly
 * free, and at least 128 steps for the backlog: in the running job r reached 70,000 for a model of five parameters while
 * the JVM was cold, and r / 8 alone took a backlog of 120,000 in 25 steps, from which nothing was learnt.
 *
 * <p>The specification's trace R2 keeps B0 = 16 under a floor of 512, though 2.3 raises it: hence {@code raisedToFloor}.
 *
 * @param coldStart smallest B0, samples
 * @param raisedToFloor whether B0 is at least the floor; the learning rate is then the one tuned at the floor
 * @param exchange r_e, samples a round is worth, instead of the regime's; NaN for the regime's. A given one also leaves
 *     B0 as it is
 */
public record Regimes(double coldStart, boolean raisedToFloor, double exchange) implements Serializable {
    private static final double FEWEST_STEPS = 128;

    /** As recommended. */
    public static final Regimes MEASURED = new Regimes(16, true, Double.NaN);

    public Regimes {
        if (!(coldStart >= 1 && coldStart < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("cold-start batch size must be >= 1. Received: " + coldStart);
        }
        if (exchange < 0 || exchange == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("exchange must be >= 0 and finite, or NaN. Received: " + exchange);
        }
    }

    /** r_e, samples. 0 while r is unknown. */
    double exchange(Regime regime, double roundCost) {
        if (!Double.isNaN(exchange)) return exchange;
        return regime == Regime.CATCH_UP && roundCost >= 0 ? roundCost : 0;
    }

    /**
     * B0, samples.
     *
     * @param lag samples that wait
     * @param floor that applies, or 0
     * @param max B0 never exceeds it
     */
    double coldStart(Regime regime, double roundCost, double lag, double floor, double max) {
        double size = raisedToFloor ? Math.max(coldStart, floor) : coldStart;
        boolean timeCounts = regime == Regime.CATCH_UP && Double.isNaN(exchange);
        double cheap = Math.min(roundCost / 8, lag / FEWEST_STEPS);
        if (timeCounts && cheap > size) size = cheap;
        return Math.min(size, max);
    }
}
