package dev.millrace.model.engine.cuda.device;

/**
 * Values on the device, row-major.
 *
 * @param address of the first
 * @param wide whether they are float32; else bfloat16
 */
public record Tensor(long address, boolean wide) {

    /** float32 values. */
    public static Tensor wide(long address) {
        return new Tensor(address, true);
    }

    /** Bytes of a value. */
    public int bytes() {
        return wide ? Float.BYTES : Short.BYTES;
    }

    /** The same values from another on. */
    public Tensor from(long value) {
        return new Tensor(address + value * bytes(), wide);
    }
}
