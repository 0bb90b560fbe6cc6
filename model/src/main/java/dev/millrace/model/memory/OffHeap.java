package dev.millrace.model.memory;

import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A block of float32 outside the Java heap, held by an ND4J array. Products take pointers into it, loops its addresses:
 * a call of an ND4J operation costs ten microseconds and kilobytes of garbage, more than a small step altogether.
 */
public final class OffHeap implements AutoCloseable {
    private static final AtomicLong LIVE = new AtomicLong();

    private final INDArray array;
    private final FloatPointer base;
    private final long size;

    /** @param size number of values, >= 1; they begin at zero */
    public OffHeap(long size) {
        if (size < 1) throw new IllegalArgumentException("size must be >= 1. Received: " + size);
        this.size = size;
        this.array = Nd4j.create(DataType.FLOAT, size);
        this.base = new FloatPointer((FloatPointer) array.data().addressPointer());
        LIVE.addAndGet(size * Float.BYTES);
    }

    /** Bytes in all blocks of this process that are not closed. */
    public static long liveBytes() {
        return LIVE.get();
    }

    /** A pointer to value {@code offset}. Made once and kept by its user: pointers are garbage too. */
    public FloatPointer pointer(long offset) {
        return new FloatPointer(base).position(base.position() + offset);
    }

    /** The machine address of value {@code offset}. */
    public long address(long offset) {
        if (offset < 0 || offset > size) {
            throw new IndexOutOfBoundsException("offset must be in 0.." + size + ". Received: " + offset);
        }
        return base.address() + (base.position() + offset) * Float.BYTES;
    }

    /** The array itself, for whatever is not in a hurry. */
    public INDArray array() {
        return array;
    }

    @Override
    public void close() {
        if (array.wasClosed()) return;
        array.close();
        LIVE.addAndGet(-size * Float.BYTES);
    }
}
