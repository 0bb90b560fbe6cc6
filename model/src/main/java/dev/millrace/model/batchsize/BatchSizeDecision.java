package dev.millrace.model.batchsize;

/**
 * What the controller decided after an update, and on what grounds; all of it is meant to be seen.
 *
 * @param batchSize B, published: of the next global batch, 1..B_mem
 * @param statisticalSize B_s, what the gradients call for
 * @param noiseScale phi, samples; NaN while unknown
 * @param curvature u; NaN while unknown
 * @param learningRateFactor of the configured learning rate
 * @param bound what keeps B from B_s
 * @param reset whether this update forgot the past: optimizer moments may have to as well
 * @param alarm whether the batch cannot both keep up and stay within its limits
 */
public record BatchSizeDecision(
        int batchSize,
        double statisticalSize,
        double noiseScale,
        double curvature,
        double learningRateFactor,
        Regime regime,
        Bound bound,
        Reason reason,
        boolean reset,
        boolean alarm) {
    static final int LENGTH = 10;

    void write(double[] to, int at) {
        to[at] = batchSize;
        to[at + 1] = statisticalSize;
        to[at + 2] = noiseScale;
        to[at + 3] = curvature;
        to[at + 4] = learningRateFactor;
        to[at + 5] = regime.code();
        to[at + 6] = bound.code();
        to[at + 7] = reason.code();
        to[at + 8] = reset ? 1 : 0;
        to[at + 9] = alarm ? 1 : 0;
    }

    static BatchSizeDecision read(double[] from, int at) {
        return new BatchSizeDecision(
                (int) from[at],
                from[at + 1],
                from[at + 2],
                from[at + 3],
                from[at + 4],
                Codes.read(Regime.values(), from[at + 5]),
                Codes.read(Bound.values(), from[at + 6]),
                Codes.read(Reason.values(), from[at + 7]),
                from[at + 8] == 1,
                from[at + 9] == 1);
    }
}
