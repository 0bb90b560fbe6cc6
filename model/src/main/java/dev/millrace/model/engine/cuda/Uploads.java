package dev.millrace.model.engine.cuda;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.DeviceMemory;
import dev.millrace.model.engine.cuda.device.Event;
import dev.millrace.model.engine.cuda.device.HostMemory;
import dev.millrace.model.engine.cuda.device.Resources;
import dev.millrace.model.memory.Memory;

/** Brings values to the device by page-locked memory, in pieces: one is filled while the other is on its way. */
final class Uploads implements AutoCloseable {
    private static final int VALUES = 1 << 20; // of a piece

    private final Resources taken = new Resources();
    private final Device device;
    private final Piece[] pieces = new Piece[2];
    private int next;

    private record Piece(HostMemory host, DeviceMemory device, Event sent) {}

    Uploads(Device device) {
        this.device = device;
        boolean whole = false;
        try {
            for (int i = 0; i < pieces.length; i++) {
                HostMemory host = taken.keep(device.allocateHost(4L * VALUES));
                DeviceMemory memory = taken.keep(device.allocate(4L * VALUES));
                pieces[i] = new Piece(host, memory, taken.keep(device.event()));
            }
            whole = true;
        } finally {
            if (!whole) taken.close();
        }
    }

    private Piece free() {
        Piece piece = pieces[next++ % pieces.length];
        piece.sent().synchronize();
        return piece;
    }

    /** Copies values to the device. */
    void copy(float[] values, int from, int length, long to) {
        for (int at = 0; at < length; at += VALUES) {
            int count = Math.min(VALUES, length - at);
            Piece piece = free();
            Memory.copyIn(values, from + at, piece.host().address(), count);
            device.upload(piece.host().address(), to + 4L * at, 4L * count, device.compute());
            piece.sent().mark(device.compute());
        }
    }

    /**
     * Sets rows of a table on the device.
     *
     * @param values [count, width]
     */
    void scatter(int[] rows, float[] values, int count, int width, long table) {
        int most = VALUES / (width + 1);
        if (most == 0)
            throw new IllegalArgumentException("a row must have < " + VALUES + " values. Received: " + width);
        for (int at = 0; at < count; at += most) {
            int size = Math.min(most, count - at);
            Piece piece = free();
            long ids = piece.host().address();
            for (int i = 0; i < size; i++) Memory.put(ids + 4L * i, Float.intBitsToFloat(rows[at + i]));
            Memory.copyIn(values, at * width, ids + 4L * size, size * width);
            device.upload(ids, piece.device().address(), 4L * size * (width + 1), device.compute());
            device.kernel("scatterRows")
                    .address(piece.device().address())
                    .address(piece.device().address() + 4L * size)
                    .integer(size)
                    .integer(width)
                    .address(table)
                    .elements((long) size * width);
            piece.sent().mark(device.compute());
        }
    }

    @Override
    public void close() {
        taken.close();
    }
}
