package dev.millrace.model.engine.cuda;

import java.io.Serializable;

/**
 * Where an engine runs and how.
 *
 * @param device as CUDA counts the devices that this process sees, from 0
 * @param deterministic whether the same calls must give the same bits; costs speed
 * @param memoryBudget most bytes that it takes on the device; 0 for what is free
 * @param cudnn whether cuDNN computes convolutions where it is installed
 */
public record CudaSettings(int device, Precision precision, boolean deterministic, long memoryBudget, boolean cudnn)
        implements Serializable {
    /** With cuDNN where it is installed. */
    public CudaSettings(int device, Precision precision, boolean deterministic, long memoryBudget) {
        this(device, precision, deterministic, memoryBudget, true);
    }

    public CudaSettings {
        if (device < 0) throw new IllegalArgumentException("device must be >= 0. Received: " + device);
        if (memoryBudget < 0) {
            throw new IllegalArgumentException("memoryBudget must be >= 0 bytes. Received: " + memoryBudget);
        }
    }
}
