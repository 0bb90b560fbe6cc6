package dev.millrace.pipeline.gradient;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What an engine makes of its device's memory, now.
 *
 * @param samplesAtOnce how many go through at most; it falls when memory runs out
 * @param halved how often it fell
 * @param bytes held on the device
 */
public record DeviceUse(IntSupplier samplesAtOnce, LongSupplier halved, LongSupplier bytes) {
    /** Of an engine without a device. */
    public static final DeviceUse NONE = new DeviceUse(() -> Integer.MAX_VALUE, () -> 0, () -> 0);
}
