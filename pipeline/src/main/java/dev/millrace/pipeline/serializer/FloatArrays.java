package dev.millrace.pipeline.serializer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Float arrays as little-endian float32, copied in bulk: a loop of single writes costs ten times as much. */
public final class FloatArrays {
    private static final int SCRATCH_FLOATS = 16 * 1024;
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private FloatArrays() {}

    /** Writes {@code length} values from {@code from} on, without a length. */
    public static void write(float[] values, int from, int length, DataOutputView out) throws IOException {
        Scratch scratch = SCRATCH.get();
        for (int done = 0; done < length; done += SCRATCH_FLOATS) {
            int n = Math.min(SCRATCH_FLOATS, length - done);
            scratch.floats.clear().put(values, from + done, n);
            out.write(scratch.bytes, 0, n * Float.BYTES);
        }
    }

    /** Reads {@code length} values to {@code from} on. */
    public static void read(float[] values, int from, int length, DataInputView in) throws IOException {
        Scratch scratch = SCRATCH.get();
        for (int done = 0; done < length; done += SCRATCH_FLOATS) {
            int n = Math.min(SCRATCH_FLOATS, length - done);
            in.readFully(scratch.bytes, 0, n * Float.BYTES);
            scratch.floats.clear().get(values, from + done, n);
        }
    }

    /** Writes the length and the values. */
    public static void write(float[] values, DataOutputView out) throws IOException {
        out.writeInt(values.length);
        write(values, 0, values.length, out);
    }

    /** Reads what {@link #write(float[], DataOutputView)} wrote. */
    public static float[] read(DataInputView in) throws IOException {
        float[] values = new float[in.readInt()];
        read(values, 0, values.length, in);
        return values;
    }

    private static final class Scratch {
        final byte[] bytes = new byte[SCRATCH_FLOATS * Float.BYTES];
        final FloatBuffer floats =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
}
