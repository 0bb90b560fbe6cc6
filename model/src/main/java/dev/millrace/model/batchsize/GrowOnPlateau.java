package dev.millrace.model.batchsize;

import java.util.Arrays;

/**
 * Grows the batch when the loss stops falling. The mean loss of every {@code window} steps is compared with the median
 * of the three windows before; it has not fallen if it is at least {@code (1 - tolerance)} times that. Two windows in a
 * row that have not fallen multiply the batch by {@code factor}. The median and the second window are for noise: one
 * lucky or unlucky window, however far out, neither triggers growth nor blocks it afterwards. A rising loss counts as not
 * falling, as a learning rate would be reduced then too. Source: Smith et al. 2018, "Don't decay the learning rate,
 * increase the batch size".
 *
 * <p>So the first growth comes after the fifth window at the earliest. Worked: window means 1.0, 0.9, 0.8, 0.79, 0.795 with
 * tolerance 0.01: the fourth is below 0.99 * 0.9, the fifth not below 0.99 * 0.8 = 0.792; a sixth of 0.8 would grow.
 *
 * <p>Memory: {sum of losses in the window, their samples, steps in the window, means of the three windows before (newest
 * first, NaN until known), windows in a row that have not fallen, steps of rest left, size, reason}.
 *
 * @param initial size of the first batch
 * @param factor > 1; grows by one sample at least
 * @param window steps, >= 2
 * @param tolerance in [0, 1)
 * @param cooldown steps after a growth before windows are judged again, >= 0
 */
public record GrowOnPlateau(
        BatchSizeBounds bounds, int initial, double factor, int window, double tolerance, int cooldown)
        implements BatchSizePolicy {
    private static final int PATIENCE = 2;

    // places in the memory
    private static final int LOSS_SUM = 0;
    private static final int SAMPLES = 1;
    private static final int STEPS = 2;
    private static final int BEFORE = 3;
    private static final int NOT_FALLEN = 6;
    private static final int REST = 7;
    private static final int SIZE = 8;
    private static final int REASON = 9; // of the last judgement
    private static final int LENGTH = 10;

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
    public String name() {
        return "loss-plateau";
    }

    @Override
    public double[] init() {
        double[] memory = new double[LENGTH];
        Arrays.fill(memory, BEFORE, BEFORE + 3, Double.NaN);
        memory[SIZE] = initial;
        return memory;
    }

    @Override
    public double initial(double coldStart) {
        return initial;
    }

    @Override
    public Choice observe(double[] before, Signals signals) {
        double[] memory = before.clone();
        memory[SIZE] = bounds.clamp(memory[SIZE]); // the bounds may have changed in the configuration
        memory[LOSS_SUM] += signals.reading().statistics().lossSum();
        memory[SAMPLES] += signals.samples();
        memory[STEPS]++;
        boolean resting = memory[REST] > 0;
        if (resting) memory[REST]--;
        if (memory[STEPS] < window) {
            return new Choice(memory[SIZE], Codes.read(Reason.values(), memory[REASON]), memory);
        }
        double mean = memory[LOSS_SUM] / memory[SAMPLES];
        double reference = median(memory[BEFORE], memory[BEFORE + 1], memory[BEFORE + 2]);
        Arrays.fill(memory, LOSS_SUM, BEFORE, 0);
        System.arraycopy(memory, BEFORE, memory, BEFORE + 1, 2);
        memory[BEFORE] = mean;
        Reason reason = judge(mean, reference, resting, memory);
        memory[REASON] = reason.code();
        return new Choice(memory[SIZE], reason, memory);
    }

    private Reason judge(double mean, double reference, boolean resting, double[] memory) {
        if (Double.isNaN(reference)) return Reason.FIRST_WINDOWS;
        boolean fallen = mean < reference * (1 - tolerance);
        memory[NOT_FALLEN] = fallen || resting ? 0 : memory[NOT_FALLEN] + 1;
        if (fallen) return Reason.FALLING;
        if (resting) return Reason.RESTING;
        if (memory[NOT_FALLEN] < PATIENCE) return Reason.MAY_HAVE_SETTLED;
        memory[NOT_FALLEN] = 0;
        double size = memory[SIZE];
        if (size == bounds.max()) return Reason.AT_MAXIMUM;
        memory[REST] = cooldown;
        memory[SIZE] = bounds.clamp(Math.max(size + 1, size * factor));
        return Reason.SETTLED;
    }

    /** NaN if any is. */
    private static double median(double a, double b, double c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }
}
