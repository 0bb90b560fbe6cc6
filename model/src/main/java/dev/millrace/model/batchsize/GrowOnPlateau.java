package dev.millrace.model.batchsize;

/**
 * Grows the batch when the loss stops falling: over windows of {@code window} steps the mean loss is compared with that
 * of the best window before; if it fell by less than {@code tolerance} of it, the batch is multiplied by {@code factor}.
 * Source: Smith et al. 2018, "Don't decay the learning rate, increase the batch size".
 *
 * <p>Memory: {sum of losses in the window, their samples, steps in the window, best mean so far, steps of rest left}.
 *
 * @param initial size of the first batch
 * @param factor > 1
 * @param window steps, >= 2
 * @param tolerance in [0, 1)
 * @param cooldown steps after a growth before the next, >= 0
 */
public record GrowOnPlateau(
        BatchSizeBounds bounds, int initial, double factor, int window, double tolerance, int cooldown)
        implements BatchSizePolicy {
    public GrowOnPlateau {
        if (initial < bounds.min() || initial > bounds.max()) {
            throw new IllegalArgumentException(
                    "batch.size must be in " + bounds.min() + ".." + bounds.max() + ". Received: " + initial);
        }
        if (!(factor > 1)) throw new IllegalArgumentException("batch.plateau.factor must be > 1. Received: " + factor);
        if (window < 2) throw new IllegalArgumentException("batch.plateau.window must be >= 2. Received: " + window);
        if (!(tolerance >= 0 && tolerance < 1)) {
            throw new IllegalArgumentException("batch.plateau.tolerance must be in [0, 1). Received: " + tolerance);
        }
        if (cooldown < 0) {
            throw new IllegalArgumentException("batch.plateau.cooldown must be >= 0. Received: " + cooldown);
        }
    }

    @Override
    public BatchSizeState init() {
        return new BatchSizeState(initial, "start", new double[] {0, 0, 0, Double.POSITIVE_INFINITY, 0});
    }

    @Override
    public BatchSizeState observe(BatchSizeState state, StepReading reading) {
        if (!Double.isFinite(reading.loss())) return state;
        BatchSizeState known = state.memory().length == 5 ? state : init(); // it was another policy's
        double[] memory = known.memory().clone();
        memory[0] += reading.loss() * reading.samples();
        memory[1] += reading.samples();
        memory[2]++;
        memory[4] = Math.max(0, memory[4] - 1);
        if (memory[2] < window) return new BatchSizeState(known.batchSize(), known.reason(), memory);

        double mean = memory[0] / memory[1];
        boolean settled = mean > memory[3] * (1 - tolerance);
        memory[0] = 0;
        memory[1] = 0;
        memory[2] = 0;
        memory[3] = Math.min(memory[3], mean);
        if (!settled) return new BatchSizeState(known.batchSize(), "loss is falling", memory);
        if (memory[4] > 0) return new BatchSizeState(known.batchSize(), "resting after growth", memory);
        if (known.batchSize() >= bounds.max()) return new BatchSizeState(bounds.max(), "at batch.max", memory);
        memory[4] = cooldown;
        return new BatchSizeState(bounds.clamp(known.batchSize() * factor), "loss has settled", memory);
    }
}
