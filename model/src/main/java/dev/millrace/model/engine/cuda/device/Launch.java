package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.cuLaunchKernel;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a kernel in their order, then its launch: {@code launch.kernel("slope").tensor(d).count(n)...elements(n)}.
 * One for a device, used again and again: the driver copies arguments when it is called.
 */
public final class Launch {
    private static final int MOST_ARGUMENTS = 32;
    private static final int BLOCK = 256;
    private static final int WARP = 32;

    /** Threads loop over what is more. */
    private static final long MOST_BLOCKS = 1 << 16;

    private final Kernels kernels;
    private final Stream stream;
    private final BytePointer values = new BytePointer(MOST_ARGUMENTS * 8L);
    private final PointerPointer<Pointer> arguments = new PointerPointer<>(MOST_ARGUMENTS);
    private String name = "";
    private int next;

    Launch(Kernels kernels, Stream stream) {
        this.kernels = kernels;
        this.stream = stream;
        for (int i = 0; i < MOST_ARGUMENTS; i++) arguments.put(i, values.getPointer(i * 8L));
    }

    /** Begins anew. */
    public Launch kernel(String kernel) {
        name = kernel;
        next = 0;
        return this;
    }

    /** A pointer; 0 for null. */
    public Launch address(long address) {
        values.putLong(8L * next++, address);
        return this;
    }

    /** A {@code long long}, signed or not. */
    public Launch count(long value) {
        return address(value);
    }

    /** An {@code int}. */
    public Launch integer(int value) {
        values.putInt(8L * next++, value);
        return this;
    }

    /** A {@code float}. */
    public Launch real(float value) {
        values.putFloat(8L * next++, value);
        return this;
    }

    /** A flag, as an {@code int}. */
    public Launch flag(boolean value) {
        return integer(value ? 1 : 0);
    }

    /** Where values stand, then whether they are wide. */
    public Launch tensor(Tensor tensor) {
        return address(tensor.address()).flag(tensor.wide());
    }

    /** A thread for each element. */
    public void elements(long elements) {
        if (elements == 0) return;
        grid((int) Math.min((elements + BLOCK - 1) / BLOCK, MOST_BLOCKS), 1, BLOCK, 1);
    }

    /** A warp for each row. */
    public void rows(int rows) {
        elements((long) rows * WARP);
    }

    /** A grid of blocks. */
    public void grid(int across, int down, int threadsAcross, int threadsDown) {
        @Nullable PointerPointer<Pointer> none = null;
        int result = cuLaunchKernel(
                kernels.function(name),
                across,
                down,
                1,
                threadsAcross,
                threadsDown,
                1,
                0,
                stream.handle,
                arguments,
                none);
        Check.driver(result, "cuLaunchKernel " + name);
    }
}
