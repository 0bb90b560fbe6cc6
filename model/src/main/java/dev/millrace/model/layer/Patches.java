package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.Shape;
import dev.millrace.model.spec.Window;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What a window shows of images at each of its positions, one position a row, row by row of the window: the matrix that
 * turns a convolution into a product. A 1 ends each row, so that a bias can be the last row of the other factor. It holds
 * some lines of positions at a time, as many as stay in the cache: made twice, forward and back, it costs less than
 * to be read again from memory.
 */
final class Patches implements AutoCloseable {
    /** 128 KiB: room for the other factor and the product beside it in a second-level cache of 512 KiB. */
    private static final int CACHED = 1 << 15;

    /** For shorter rows of a window a call for each would take longer than what it copies. */
    private static final int SHORT = 16;

    private final Window window;
    private final int height; // of an image
    private final int width;
    private final int channels;
    private final int imageSize;
    private final int top;
    private final int left;
    private final int positionsDown;
    private final int positionsAcross;
    private final int segment; // values of one row of the window
    private final int step; // values from one position to the next
    private final int stride; // values of one row of the matrix
    private final int lines;
    private final OffHeap matrix; // [lines * positionsAcross, stride]
    private final FloatPointer pointer;
    private final long address;
    private final float[] strip; // the rows of an image under one line of positions
    private final float[] line; // one line of the matrix, [positionsAcross, stride]

    /** @param positions of the window over the image, as an image of any channels */
    Patches(Shape image, Window window, Shape positions) {
        this.window = window;
        this.height = image.height();
        this.width = image.width();
        this.channels = image.channels();
        this.imageSize = image.size();
        this.top = window.above(image);
        this.left = window.leftOf(image);
        this.positionsDown = positions.height();
        this.positionsAcross = positions.width();
        this.segment = window.width() * image.channels();
        this.step = window.columnStride() * channels;
        this.stride = window.height() * segment + 1;
        this.lines = Math.max(1, CACHED / (positionsAcross * stride));
        this.matrix = new OffHeap((long) lines * positionsAcross * stride);
        this.pointer = matrix.pointer(0);
        this.address = matrix.address(0);
        this.strip = new float[window.height() * image.width() * image.channels()];
        this.line = new float[positionsAcross * stride];
        for (long row = 0; row < (long) lines * positionsAcross; row++) {
            Memory.put(matrix.address((row + 1) * stride - 1), 1f);
        }
    }

    /** Lines of positions that it holds. */
    int lines() {
        return lines;
    }

    /** Values of one row of the matrix: a window's, and 1. */
    int stride() {
        return stride;
    }

    /** The matrix, [lines * positions across, stride]. */
    FloatPointer pointer() {
        return pointer;
    }

    /**
     * Fills the matrix.
     *
     * @param images address, [rows, height, width, channels]
     * @param from first line, counted from the first image on
     * @param count lines
     */
    void gather(long images, int from, int count) {
        long to = address;
        for (int l = from; l < from + count; l++) {
            long origin = images + 4L * imageSize * (l / positionsDown);
            int y = l % positionsDown * window.rowStride() - top;
            if (segment < SHORT) gatherByColumn(origin, y, to);
            else gatherByRow(origin, y, to);
            to += 4L * line.length;
        }
    }

    /** A line of the matrix, row by row of each window. */
    private void gatherByRow(long origin, int y, long to) {
        long row = to;
        int x = -left;
        for (int p = 0; p < positionsAcross; p++, x += window.columnStride(), row += 4L * stride) {
            gather(origin, y, x, row);
        }
    }

    /** A line of the matrix, one value of all its windows after the other. */
    private void gatherByColumn(long origin, int y, long to) {
        int across = width * channels;
        for (int column = 0; column < stride - 1; column++) {
            int v = y + column / segment;
            int x = column % segment / channels - left;
            int from = v < 0 || v >= height ? positionsAcross : firstOnImage(x);
            int until = Math.max(from, Math.min(positionsAcross, firstBehind(x)));
            for (int p = 0; p < from; p++) Memory.put(to + 4L * (p * stride + column), 0);
            long source = origin + 4L * (v * across + column % segment - left * channels + from * step);
            copy(source, to + 4L * (from * stride + column), until - from);
            for (int p = until; p < positionsAcross; p++) Memory.put(to + 4L * (p * stride + column), 0);
        }
    }

    /** First position whose value lies on the image, if the first position's lies at x. */
    private int firstOnImage(int x) {
        return Math.min(positionsAcross, Math.max(0, (window.columnStride() - 1 - x) / window.columnStride()));
    }

    /** First position whose value lies behind the image. */
    private int firstBehind(int x) {
        return Math.max(0, (width - x + window.columnStride() - 1) / window.columnStride());
    }

    /** One value from each of {@code count} positions. */
    private void copy(long from, long to, int count) {
        long distance = 4L * step;
        long apart = 4L * stride;
        long f = from;
        long t = to;
        for (int i = 0; i < count; i++, f += distance, t += apart) Memory.put(t, Memory.get(f));
    }

    private void gather(long origin, int y, int x, long to) {
        boolean inside = x >= 0 && x + window.width() <= width;
        long row = to;
        for (int v = y; v < y + window.height(); v++, row += 4L * segment) {
            if (v < 0 || v >= height) {
                Memory.zero(row, segment);
                continue;
            }
            long pixels = origin + 4L * v * width * channels;
            if (inside) {
                Memory.copy(pixels + 4L * x * channels, row, segment);
                continue;
            }
            int begin = first(x) * channels;
            int end = end(x) * channels;
            Memory.zero(row, begin);
            Memory.copy(pixels + 4L * (x * channels + begin), row + 4L * begin, end - begin);
            Memory.zero(row + 4L * end, segment - end);
        }
    }

    /** First column of a window at x that lies on the image. */
    private static int first(int x) {
        return Math.max(0, -x);
    }

    /** The column behind the last that lies on the image; a window of padding alone has none. */
    private int end(int x) {
        return Math.max(first(x), Math.min(window.width(), width - x));
    }

    /**
     * Adds the matrix to the images from which it would have been gathered. On the heap, where the JIT vectorizes sums of
     * two blocks.
     */
    void scatter(long images, int from, int count) {
        int across = width * channels;
        long matrixLine = address;
        for (int l = from; l < from + count; l++, matrixLine += 4L * line.length) {
            int y = l % positionsDown * window.rowStride() - top;
            int begin = Math.max(y, 0);
            int end = Math.min(y + window.height(), height);
            if (begin >= end) continue;
            long rows = images + 4L * (imageSize * (long) (l / positionsDown) + (long) begin * across);
            Memory.copyOut(rows, strip, 0, (end - begin) * across);
            Memory.copyOut(matrixLine, line, 0, line.length);
            int x = -left;
            for (int p = 0; p < line.length; p += stride, x += window.columnStride()) {
                int skipped = first(x) * channels;
                int length = end(x) * channels - skipped;
                for (int v = begin; v < end; v++) {
                    int of = p + (v - y) * segment + skipped;
                    add(line, of, strip, (v - begin) * across + x * channels + skipped, length);
                }
            }
            Memory.copyIn(strip, 0, rows, (end - begin) * across);
        }
    }

    private static void add(float[] from, int f, float[] to, int t, int length) {
        for (int i = 0; i < length; i++) to[t + i] += from[f + i];
    }

    @Override
    public void close() {
        matrix.close();
    }
}
