package dev.millrace.pipeline.minibatch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** How far each topic partition was read, and how many of its samples are meant. A few entries, no boxing. */
public final class SplitProgress {
    private int size;
    private int[] splits = new int[4];
    private long[] nextOffsets = new long[4];
    private long[] samples = new long[4];

    /** Counts one sample. */
    public void add(int split, long offset) {
        add(split, offset + 1, 1);
    }

    /** Adds counts and takes the larger offsets. */
    public void add(SplitProgress other) {
        for (int i = 0; i < other.size; i++) add(other.splits[i], other.nextOffsets[i], other.samples[i]);
    }

    private void add(int split, long nextOffset, long count) {
        int i = 0;
        while (i < size && splits[i] != split) i++;
        if (i == size) append(split);
        nextOffsets[i] = Math.max(nextOffsets[i], nextOffset);
        samples[i] += count;
    }

    private void append(int split) {
        if (size == splits.length) {
            splits = Arrays.copyOf(splits, 2 * size);
            nextOffsets = Arrays.copyOf(nextOffsets, 2 * size);
            samples = Arrays.copyOf(samples, 2 * size);
        }
        splits[size] = split;
        nextOffsets[size] = 0;
        samples[size] = 0;
        size++;
    }

    public int size() {
        return size;
    }

    /** Number of the partition, as the source's split ids count. */
    public int split(int i) {
        return splits[i];
    }

    /** The first offset not read. */
    public long nextOffset(int i) {
        return nextOffsets[i];
    }

    public long samples(int i) {
        return samples[i];
    }

    /** Size, then (split, nextOffset, samples) each. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(size);
        for (int i = 0; i < size; i++) {
            out.writeInt(splits[i]);
            out.writeLong(nextOffsets[i]);
            out.writeLong(samples[i]);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static SplitProgress read(DataInput in) throws IOException {
        SplitProgress progress = new SplitProgress();
        int size = in.readInt();
        for (int i = 0; i < size; i++) progress.add(in.readInt(), in.readLong(), in.readLong());
        return progress;
    }
}
