package dev.millrace.model.memory;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * Loops over float32 outside the heap. Each walks one moving address, the one form that the JIT of Java 17 turns into
 * vector instructions: of two addresses it cannot know that they do not overlap, see {@link Slopes}. The callers have
 * checked their bounds. All lengths are in values.
 *
 * <p>The JDK's Unsafe is reached by constant method handles, which the JIT sees through: naming the class itself gives
 * warnings that cannot be turned off.
 */
public final class Memory {
    private static final MethodHandle GET = unsafe("getFloat", float.class, long.class);
    private static final MethodHandle PUT = unsafe("putFloat", void.class, long.class, float.class);
    private static final MethodHandle SET = unsafe("setMemory", void.class, long.class, long.class, byte.class);
    private static final MethodHandle COPY =
            unsafe("copyMemory", void.class, Object.class, long.class, Object.class, long.class, long.class);
    private static final long HEAP_BASE = heapBase();
    private static final int STRETCH = 4_096; // values

    private Memory() {}

    private static MethodHandle unsafe(String name, Class<?> result, Class<?>... arguments) {
        try {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field field = type.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return MethodHandles.lookup()
                    .findVirtual(type, name, MethodType.methodType(result, arguments))
                    .bindTo(field.get(null));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static long heapBase() {
        try {
            return (int) unsafe("arrayBaseOffset", int.class, Class.class).invoke(float[].class);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static IllegalStateException unexpected(Throwable e) {
        return new IllegalStateException("access to off-heap memory failed", e);
    }

    private static void copy(@Nullable Object from, long fromOffset, @Nullable Object to, long toOffset, long bytes) {
        try {
            COPY.invokeExact(from, fromOffset, to, toOffset, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Reads one value. */
    public static float get(long address) {
        try {
            return (float) GET.invokeExact(address);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Writes one value. */
    public static void put(long address, float value) {
        try {
            PUT.invokeExact(address, value);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Copies from the heap. */
    public static void copyIn(float[] from, int offset, long to, int length) {
        copy(from, HEAP_BASE + 4L * offset, null, to, 4L * length);
    }

    /** Copies to the heap. */
    public static void copyOut(long from, float[] to, int offset, int length) {
        copy(null, from, to, HEAP_BASE + 4L * offset, 4L * length);
    }

    public static void zero(long address, long length) {
        try {
            SET.invokeExact(address, 4 * length, (byte) 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Copies outside the heap. */
    public static void copy(long from, long to, long length) {
        copy(null, from, null, to, 4 * length);
    }

    /** {@code x = max(x, 0)}. */
    public static void relu(long x, long length) {
        long end = x + 4 * length;
        for (long p = x; p < end; p += 4) put(p, Math.max(get(p), 0f));
    }

    /** {@code sum x^2}: of some thousand values in float32, of these sums in float64. */
    public static double squares(long x, int length) {
        double sum = 0;
        for (int done = 0; done < length; done += STRETCH) {
            sum += squaresOfStretch(x + 4L * done, Math.min(STRETCH, length - done));
        }
        return sum;
    }

    /** In four sums side by side: one alone would wait for each addition. */
    private static double squaresOfStretch(long x, int length) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        long end = x + 4L * length;
        long p = x;
        for (; p + 12 < end; p += 16) {
            float v = get(p);
            float w = get(p + 4);
            float y = get(p + 8);
            float z = get(p + 12);
            a += v * v;
            b += w * w;
            c += y * y;
            d += z * z;
        }
        for (; p < end; p += 4) a += get(p) * get(p);
        return (double) a + b + c + d;
    }

    /** {@code x = tanh x}. */
    public static void tanh(long x, long length) {
        long end = x + 4 * length;
        for (long p = x; p < end; p += 4) put(p, FastMath.tanh(get(p)));
    }

    /** {@code x = sigmoid x}. */
    public static void sigmoid(long x, long length) {
        long end = x + 4 * length;
        for (long p = x; p < end; p += 4) put(p, FastMath.sigmoid(get(p)));
    }
}
