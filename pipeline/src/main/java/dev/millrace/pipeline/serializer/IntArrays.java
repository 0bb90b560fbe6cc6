package dev.millrace.pipeline.serializer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Int arrays as little-endian int32, copied in bulk like {@link FloatArrays}. */
public final class IntArrays {
    private static final int SCRATCH_INTS = 16 * 1024;
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private IntArrays() {}

    /** Writes {@code length} values from {@code from} on, without a length. */
    public static void write(int[] values, int from, int length, DataOutputView out) throws IOException {
        Scratch scratch = SCRATCH.get();
        for (int done = 0; done < length; done += SCRATCH_INTS) {
            int n = Math.min(SCRATCH_INTS, length - done);
            scratch.ints.clear().put(values, from + done, n);
            out.write(scratch.bytes, 0, n * Integer.BYTES);
        }
    }

    /** Reads {@code length} values to the beginning. */
    public static void read(int[] values, int length, DataInputView in) throws IOException {
        Scratch scratch = SCRATCH.get();
        for (int done = 0; done < length; done += SCRATCH_INTS) {
            int n = Math.min(SCRATCH_INTS, length - done);
            in.readFully(scratch.bytes, 0, n * Integer.BYTES);
            scratch.ints.clear().get(values, done, n);
        }
    }

    private static final class Scratch {
        final byte[] bytes = new byte[SCRATCH_INTS * Integer.BYTES];
        final IntBuffer ints =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    }
}
