package dev.millrace.pipeline.device;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.gradient.DeviceUse;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a process can do with CUDA. */
interface CudaInstallation extends Serializable {

    /** Why it can use no device; null if it can. */
    @Nullable
    String missing();

    /** The devices that this process sees. */
    VisibleDevices visible();

    /** Layers of the model that cannot be computed on a device; empty if all can. */
    List<String> unsupported(ModelSpec spec);

    /** An equal part of the device's memory for each of so many workers, at most what is free, bytes. */
    long share(int device, int sharers);

    /**
     * An engine.
     *
     * @param device what the driver calls it
     * @param convolutions what computes them; empty if the model has none for which that matters
     */
    record OnDevice(GradientEngine engine, String device, String convolutions, DeviceUse use) {}

    /** Compiles the model for a device; the caller closes the engine. */
    OnDevice create(ModelSpec spec, CudaSettings settings);
}
