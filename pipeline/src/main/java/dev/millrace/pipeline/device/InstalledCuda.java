package dev.millrace.pipeline.device;

import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudart.cudaSuccess;

import dev.millrace.model.engine.cuda.Cuda;
import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.gradient.DeviceUse;
import java.util.List;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/** What is installed where the worker runs. */
record InstalledCuda() implements CudaInstallation {

    @Override
    public @Nullable String missing() {
        return Cuda.missing();
    }

    @Override
    public VisibleDevices visible() {
        return new VisibleDevices(Cuda.devices(), System.getenv("CUDA_VISIBLE_DEVICES"));
    }

    @Override
    public List<String> unsupported(ModelSpec spec) {
        return CudaEngine.unsupported(spec);
    }

    @Override
    public long share(int device, int sharers) {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            if (cudaSetDevice(device) != cudaSuccess || cudaMemGetInfo(free, total) != cudaSuccess) {
                throw new IllegalStateException("the driver does not tell the memory of device " + device);
            }
            return Math.min(free.get(), total.get() / sharers);
        }
    }

    @Override
    public OnDevice create(ModelSpec spec, CudaSettings settings) {
        CudaEngine engine = new CudaEngine(spec, settings);
        return new OnDevice(
                engine,
                engine.deviceName(),
                engine.convolutions(),
                new DeviceUse(engine::microBatchLimit, engine::halvings, engine::deviceBytes));
    }
}
