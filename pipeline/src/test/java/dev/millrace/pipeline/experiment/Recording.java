package dev.millrace.pipeline.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the worker of one run did and when: every mini-batch, and the parameters every few milliseconds. */
final class Recording {
    /** Parameters as they were in service from {@code nanos} on, after so many samples and steps. */
    record Moment(long nanos, long samples, int steps, float[] parameters) {}

    private final long everyNanos;
    private final List<Moment> moments = new ArrayList<>();
    private float[] losses = new float[1 << 12]; // of each mini-batch, summed
    private int[] rows = new int[1 << 12];
    private int steps;
    private volatile long samples;
    private long startNanos;
    private long endNanos;

    /** @param everyNanos least time between two recorded parameter vectors */
    Recording(long everyNanos) {
        this.everyNanos = everyNanos;
    }

    void parameters(float[] values, int length) {
        long now = System.nanoTime();
        if (!moments.isEmpty() && now - moments.get(moments.size() - 1).nanos() < everyNanos) return;
        moments.add(new Moment(now, samples, steps, Arrays.copyOf(values, length)));
    }

    void begins() {
        if (startNanos == 0) startNanos = System.nanoTime();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one worker writes
    void computed(int batchRows, double lossSum) {
        if (steps == rows.length) {
            rows = Arrays.copyOf(rows, 2 * steps);
            losses = Arrays.copyOf(losses, 2 * steps);
        }
        rows[steps] = batchRows;
        losses[steps] = (float) lossSum;
        steps++;
        endNanos = System.nanoTime();
        samples += batchRows;
    }

    /** Samples whose gradient was computed. */
    long samples() {
        return samples;
    }

    int steps() {
        return steps;
    }

    /** From the first mini-batch to the last. */
    double seconds() {
        return (endNanos - startNanos) / 1e9;
    }

    long startNanos() {
        return startNanos;
    }

    List<Moment> moments() {
        return moments;
    }

    /** Mean loss of the samples from one index to another, each before it was learnt from. */
    double prequentialLoss(long from, long to) {
        double sum = 0;
        double count = 0;
        long index = 0;
        for (int step = 0; step < steps; step++) {
            double inside = Math.min(to, index + rows[step]) - Math.max(from, index);
            if (inside > 0) {
                sum += losses[step] * inside / rows[step];
                count += inside;
            }
            index += rows[step];
        }
        return sum / count;
    }
}
