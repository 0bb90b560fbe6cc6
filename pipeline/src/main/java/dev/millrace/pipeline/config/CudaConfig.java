package dev.millrace.pipeline.config;

import dev.millrace.model.engine.cuda.Precision;
import java.io.Serializable;
import org.apache.flink.configuration.MemorySize;

/**
 * How a worker goes about its CUDA device: the {@code cuda.*} options.
 *
 * @param deterministic whether the same mini-batches give the same bits
 * @param cudnn whether cuDNN computes convolutions where it is installed
 * @param memoryBudget of one worker on its device, bytes; 0 for its part of what the device has
 * @param resource the name under which Flink knows the devices of a TaskManager
 */
public record CudaConfig(
        Precision precision,
        boolean deterministic,
        boolean cudnn,
        long memoryBudget,
        DeviceSharing sharing,
        String resource)
        implements Serializable {

    static CudaConfig of(OptionValues values) {
        MemorySize budget = values.find(TrainingOptions.CUDA_MEMORY_BUDGET);
        return new CudaConfig(
                values.get(TrainingOptions.CUDA_PRECISION),
                values.get(TrainingOptions.CUDA_DETERMINISTIC),
                values.get(TrainingOptions.CUDA_CUDNN),
                budget == null ? 0 : budget.getBytes(),
                values.get(TrainingOptions.CUDA_SHARING),
                values.get(TrainingOptions.CUDA_RESOURCE));
    }
}
