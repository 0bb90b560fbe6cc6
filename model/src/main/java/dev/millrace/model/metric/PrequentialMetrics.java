package dev.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Prequential metrics: each sample is scored by the model before the model learns from it. Over a window of the latest
 * samples, and fading exponentially. The window moves in blocks of a twentieth: it covers {@code window} samples to
 * {@code 1.05 window}, plus at most one step.
 */
public final class PrequentialMetrics {
    private static final int BLOCKS = 20;

    private final long windowSamples;
    private final double fading;
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();
    private long covered; // samples in all blocks
    private double fadingWeight;
    private double fadingLossSum;

    private static final class Block {
        long samples;
        Outcomes outcomes = new Outcomes();
    }

    /**
     * Begins without samples.
     *
     * @param windowSamples >= 1
     * @param fading what is kept of the past per sample, in (0, 1)
     */
    public PrequentialMetrics(long windowSamples, double fading) {
        if (windowSamples < 1) {
            throw new IllegalArgumentException("metrics.window must be >= 1. Received: " + windowSamples);
        }
        if (!(fading > 0 && fading < 1)) {
            throw new IllegalArgumentException("metrics.fading must be in (0, 1). Received: " + fading);
        }
        this.windowSamples = windowSamples;
        this.fading = fading;
    }

    /** Adds the outcomes of one step; within a step nothing fades. A loss that is not finite would never leave: skipped. */
    public void add(long samples, Outcomes outcomes) {
        if (!Double.isFinite(outcomes.lossSum())) return;
        Block newest = blocks.peekLast();
        if (newest == null || newest.samples >= Math.max(1, windowSamples / BLOCKS)) {
            newest = new Block();
            blocks.addLast(newest);
        }
        newest.samples += samples;
        newest.outcomes.merge(outcomes);
        covered += samples;
        while (covered - blocks.getFirst().samples >= windowSamples) covered -= blocks.removeFirst().samples;
        double kept = Math.pow(fading, (double) samples);
        fadingWeight = kept * fadingWeight + outcomes.weight();
        fadingLossSum = kept * fadingLossSum + outcomes.lossSum();
    }

    /** The sums over the window; not for every step. */
    public Outcomes window() {
        Outcomes sum = new Outcomes();
        for (Block block : blocks) sum.merge(block.outcomes);
        return sum;
    }

    /** Exponentially fading mean loss; NaN without weight. */
    public double fadingLoss() {
        return fadingLossSum / fadingWeight;
    }

    /** Window, fading, their sums and the blocks. */
    public void write(DataOutput out) throws IOException {
        out.writeLong(windowSamples);
        out.writeDouble(fading);
        out.writeDouble(fadingWeight);
        out.writeDouble(fadingLossSum);
        out.writeInt(blocks.size());
        for (Block block : blocks) {
            out.writeLong(block.samples);
            block.outcomes.write(out);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static PrequentialMetrics read(DataInput in) throws IOException {
        PrequentialMetrics metrics = new PrequentialMetrics(in.readLong(), in.readDouble());
        metrics.fadingWeight = in.readDouble();
        metrics.fadingLossSum = in.readDouble();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            Block block = new Block();
            block.samples = in.readLong();
            block.outcomes = Outcomes.read(in);
            metrics.blocks.addLast(block);
            metrics.covered += block.samples;
        }
        return metrics;
    }
}
