package dev.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Prequential metrics: each sample is scored by the model before the model learns from it. Over a window of the latest
 * samples, and fading exponentially. The window moves in blocks of a twentieth: it covers {@code window} samples to
 * {@code 1.05 window}, plus at most one step.
 */
public final class PrequentialMetrics {
    /** The newest form that this release reads and the one that it writes. */
    static final int FORMAT = 2;

    private static final int BLOCKS = 20;

    private final long windowSamples;
    private final double fading;
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();
    private long covered; // samples in all blocks
    private Outcomes faded = new Outcomes();

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
        faded.fade(Math.pow(fading, (double) samples));
        faded.merge(outcomes);
    }

    /** The sums over the window; not for every step. */
    public Outcomes window() {
        Outcomes sum = new Outcomes();
        for (Block block : blocks) sum.merge(block.outcomes);
        return sum;
    }

    /**
     * The newest samples of a window.
     *
     * @param samples how many
     */
    public record Latest(long samples, Outcomes outcomes) {}

    /**
     * The sums over the newest samples: at least so many, in whole blocks; all of the window where that is less.
     *
     * @param samples >= 1
     */
    public Latest latest(long samples) {
        Outcomes sum = new Outcomes();
        long count = 0;
        Iterator<Block> newestFirst = blocks.descendingIterator();
        while (count < samples && newestFirst.hasNext()) {
            Block block = newestFirst.next();
            sum.merge(block.outcomes);
            count += block.samples;
        }
        return new Latest(count, sum);
    }

    /** The sums over all samples, each {@code fading^n} of itself if n samples came in the steps after its own. */
    public Outcomes fading() {
        Outcomes sum = new Outcomes();
        sum.merge(faded);
        return sum;
    }

    /** Exponentially fading mean loss; NaN without weight. */
    public double fadingLoss() {
        return faded.loss();
    }

    /** Format, window, fading, the faded sums and the blocks. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(FORMAT);
        out.writeLong(windowSamples);
        out.writeDouble(fading);
        faded.write(out);
        out.writeInt(blocks.size());
        for (Block block : blocks) {
            out.writeLong(block.samples);
            block.outcomes.write(out);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException if a newer release wrote it
     */
    public static PrequentialMetrics read(DataInput in) throws IOException {
        int format = in.readUnsignedByte();
        if (format < 1 || format > FORMAT) {
            throw new IOException(
                    "Format " + format + " of prequential metrics is unknown; this release reads formats 1 to " + FORMAT
                            + ". A newer release wrote it.");
        }
        PrequentialMetrics metrics = new PrequentialMetrics(in.readLong(), in.readDouble());
        metrics.faded = outcomes(format, in);
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            Block block = new Block();
            block.samples = in.readLong();
            block.outcomes = outcomes(format, in);
            metrics.blocks.addLast(block);
            metrics.covered += block.samples;
        }
        return metrics;
    }

    private static Outcomes outcomes(int format, DataInput in) throws IOException {
        return format == 1 ? Outcomes.readFormat1(in) : Outcomes.read(in);
    }
}
