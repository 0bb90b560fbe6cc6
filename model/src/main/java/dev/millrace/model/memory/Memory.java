package dev.millrace.model.memory;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * Loops over float32 outside the heap. Each walks a moving address, the one form that the JIT of Java 17 turns into
 * vector instructions; the callers have checked their bounds. All lengths are in values.
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

    /** {@code x += y}. */
    public static void add(long x, long y, int length) {
        long end = x + 4L * length;
        for (long p = x, q = y; p < end; p += 4, q += 4) put(p, get(p) + get(q));
    }

    /** {@code x = max(x + y, 0)}. */
    public static void addAndRelu(long x, long y, int length) {
        long end = x + 4L * length;
        for (long p = x, q = y; p < end; p += 4, q += 4) {
            put(p, Math.max(get(p) + get(q), 0f));
        }
    }

    /** {@code d *= a > 0}, for a >= 0; a product and a minimum are vectorized, a comparison is not. */
    public static void reluBackward(long d, long a, long length) {
        long end = d + 4 * length;
        for (long p = d, q = a; p < end; p += 4, q += 4) {
            put(p, get(p) * Math.min(get(q) * 3e38f * 3e38f, 1f));
        }
    }

    /** {@code d *= 1 - a^2}. */
    public static void tanhBackward(long d, long a, long length) {
        long end = d + 4 * length;
        for (long p = d, q = a; p < end; p += 4, q += 4) {
            float y = get(q);
            put(p, get(p) * (1f - y * y));
        }
    }

    /** {@code d *= a (1 - a)}. */
    public static void sigmoidBackward(long d, long a, long length) {
        long end = d + 4 * length;
        for (long p = d, q = a; p < end; p += 4, q += 4) {
            float y = get(q);
            put(p, get(p) * (y * (1f - y)));
        }
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
