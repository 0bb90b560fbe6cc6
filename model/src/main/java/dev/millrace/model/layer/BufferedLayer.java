package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import org.bytedeco.javacpp.FloatPointer;

/** A layer's outputs and their gradients for one chunk. */
abstract class BufferedLayer implements Layer {
    /** Values of one row that leave the layer. */
    final int units;

    final long outputAddress;
    final long gradientAddress;
    private final OffHeap outputs; // [chunk, units]
    private final OffHeap gradients; // [chunk, units]
    private final FloatPointer output;
    private final FloatPointer outputGradient;

    BufferedLayer(int chunk, int units) {
        this.units = units;
        this.outputs = new OffHeap((long) chunk * units);
        this.gradients = new OffHeap((long) chunk * units);
        this.output = outputs.pointer(0);
        this.outputGradient = gradients.pointer(0);
        this.outputAddress = outputs.address(0);
        this.gradientAddress = gradients.address(0);
    }

    /** The machine address of a pointer's first value. */
    static long address(FloatPointer pointer) {
        return pointer.address() + 4 * pointer.position();
    }

    @Override
    public final FloatPointer output() {
        return output;
    }

    @Override
    public final FloatPointer outputGradient() {
        return outputGradient;
    }

    @Override
    public void silence(int row) {
        Memory.zero(outputAddress + 4L * units * row, units);
        Memory.zero(gradientAddress + 4L * units * row, units);
    }

    @Override
    public void close() {
        outputs.close();
        gradients.close();
    }
}
