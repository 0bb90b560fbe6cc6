package dev.millrace.pipeline.dataset;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Images in MNIST's IDX format: 0x00000803, count, rows, columns, then one byte per pixel, which becomes a feature in
 * 0..1; and the labels in a file of their own: 0x00000801, count, then one byte each.
 */
final class IdxExamples implements Examples {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;
    private static final int MAX_PIXELS = 1 << 24;

    private final DataInputStream images;
    private final @Nullable DataInputStream labels;
    private final int count;
    private final byte[] pixels;
    private int next;

    private IdxExamples(DataInputStream images, @Nullable DataInputStream labels, int count, int pixels) {
        this.images = images;
        this.labels = labels;
        this.count = count;
        this.pixels = new byte[pixels];
    }

    static IdxExamples open(InputStream imageStream, @Nullable InputStream labelStream) throws IOException {
        DataInputStream images = new DataInputStream(imageStream);
        expect(images, IMAGES, "images");
        int count = images.readInt();
        long pixels = (long) images.readInt() * images.readInt();
        if (count < 0 || pixels < 1 || pixels > MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "an image must have 1.." + MAX_PIXELS + " pixels. Received: " + pixels + " in each of " + count);
        }
        DataInputStream labels = labelStream == null ? null : new DataInputStream(labelStream);
        if (labels != null) {
            expect(labels, LABELS, "labels");
            int labelCount = labels.readInt();
            if (labelCount != count) {
                throw new IllegalArgumentException(
                        "there must be as many labels as images (" + count + "). Received: " + labelCount);
            }
        }
        return new IdxExamples(images, labels, count, (int) pixels);
    }

    private static void expect(DataInputStream in, int magic, String what) throws IOException {
        int received = in.readInt();
        if (received != magic) {
            throw new IllegalArgumentException(
                    String.format("a file of IDX %s must begin with 0x%08x. Received: 0x%08x", what, magic, received));
        }
    }

    @Override
    public boolean read(Example into) throws IOException {
        if (next == count) return false;
        try {
            images.readFully(pixels);
            into.labelCount = labels == null ? 0 : 1;
            if (labels != null) into.labels[0] = labels.readUnsignedByte();
        } catch (EOFException e) {
            throw new IllegalArgumentException("image " + next + " of " + count + " is missing: the file is cut", e);
        }
        if (into.features.length != pixels.length) into.features = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) into.features[i] = (pixels[i] & 0xFF) / 255f;
        next++;
        return true;
    }

    @Override
    public void close() throws IOException {
        images.close();
        if (labels != null) labels.close();
    }
}
