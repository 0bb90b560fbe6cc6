package dev.millrace.pipeline.device;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.engine.cuda.Precision;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.CudaConfig;
import dev.millrace.pipeline.config.DeviceSharing;
import dev.millrace.pipeline.config.EngineChoice;
import dev.millrace.pipeline.gradient.AssignedEngine;
import dev.millrace.pipeline.gradient.EngineAssignment;
import dev.millrace.pipeline.gradient.WorkerPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each worker what the configuration chose: a device of its TaskManager if it is to have one, else the CPU. A TaskManager
 * gives all its devices to all its slots; which worker has which is decided here.
 *
 * @param microBatch samples at once, as configured; 0 for what fits the memory of worker or device
 */
public record ChosenEngines(EngineChoice choice, CudaConfig cuda, int microBatch, CudaInstallation installation)
        implements EngineAssignment {
    private static final Logger LOG = LoggerFactory.getLogger(ChosenEngines.class);

    /** A device bounds by itself what goes through at once. */
    private static final int AS_MANY_AS_FIT = 1 << 20;

    private static final String INSTALL =
            "NVIDIA's driver and CUDA 13's cudart, cublas, cublasLt and nvrtc belong on every TaskManager (deploy/GPU.md).";

    /** @param microBatch as configured; null if it is not */
    public static ChosenEngines of(EngineChoice choice, CudaConfig cuda, @Nullable Integer microBatch) {
        return new ChosenEngines(choice, cuda, microBatch == null ? 0 : microBatch, new InstalledCuda());
    }

    @Override
    public AssignedEngine assign(ModelSpec spec, WorkerPlace place) {
        if (choice == EngineChoice.ND4J) return AssignedEngine.asked(onCpu(spec), ChosenEngines::onCpu);
        try {
            return onDevice(spec, place);
        } catch (NoDeviceException e) {
            if (choice == EngineChoice.CUDA) throw failure(place, e);
            report(place, e.reason());
            return AssignedEngine.insteadOf(onCpu(spec), ChosenEngines::onCpu, e.reason());
        }
    }

    private static GradientEngine onCpu(ModelSpec spec) {
        return Engines.factory("nd4j").create(spec);
    }

    private AssignedEngine onDevice(ModelSpec spec, WorkerPlace place) throws NoDeviceException {
        List<String> unsupported = installation.unsupported(spec);
        if (!unsupported.isEmpty()) {
            throw new NoDeviceException(
                    "engine cuda has no kernels for " + String.join(", ", unsupported), "Choose other layers.", true);
        }
        String missing = installation.missing();
        if (missing != null) throw new NoDeviceException(missing, INSTALL, true);
        List<String> indices = place.devices().apply(cuda.resource());
        List<Integer> devices = installation.visible().of(indices);
        if (devices.isEmpty()) {
            throw new NoDeviceException(
                    "of the devices " + String.join(", ", indices) + " that Flink's resource " + cuda.resource()
                            + " gives, this process sees none; it sees " + installation.visible(),
                    "Let CUDA_VISIBLE_DEVICES and the discovery script name the same devices.",
                    true);
        }
        int most = cuda.sharing() == DeviceSharing.SHARED ? Integer.MAX_VALUE : 1;
        OptionalInt device = LentDevices.lend(devices, most);
        if (device.isEmpty()) {
            throw new NoDeviceException(
                    "other workers hold every device of this TaskManager: " + devices,
                    "Give a TaskManager no more slots than devices, or set cuda.sharing to shared.",
                    false);
        }
        return lent(spec, place, device.getAsInt(), devices.size());
    }

    /** The device goes back with the engine, or at once if there is none. */
    private AssignedEngine lent(ModelSpec spec, WorkerPlace place, int device, int devices) throws NoDeviceException {
        AtomicBoolean held = new AtomicBoolean(true);
        Runnable giveBack = () -> {
            if (held.getAndSet(false)) LentDevices.giveBack(device);
        };
        try {
            CudaSettings settings = new CudaSettings(
                    device, cuda.precision(), cuda.deterministic(), budget(place, device, devices), cuda.cudnn());
            CudaInstallation.OnDevice made = installation.create(spec, settings);
            LOG.info("Worker {} of {} has device {}: {}", place.worker() + 1, place.workers(), device, made.device());
            int atOnce = microBatch == 0 ? AS_MANY_AS_FIT : microBatch;
            return AssignedEngine.onDevice(
                    made.engine(), other -> beside(other, settings), name(made), made.use(), atOnce, giveBack);
        } catch (IllegalStateException | OutOfMemoryError | LinkageError e) {
            giveBack.run();
            throw new NoDeviceException(
                    "device " + device + " cannot be used: " + e.getMessage(),
                    "See the TaskManager's log; other processes may hold the device's memory.",
                    false);
        } catch (RuntimeException e) {
            giveBack.run();
            throw e;
        }
    }

    /** A second model of a worker shares its device; what there are no kernels for, or no memory, is computed on the CPU. */
    private GradientEngine beside(ModelSpec other, CudaSettings settings) {
        List<String> unsupported = installation.unsupported(other);
        if (unsupported.isEmpty()) {
            try {
                return installation.create(other, settings).engine();
            } catch (IllegalStateException e) {
                LOG.warn("Model {} is computed on the CPU: {}", other.name(), e.getMessage());
                return onCpu(other);
            }
        }
        LOG.warn(
                "Model {} is computed on the CPU: engine cuda has no kernels for {}",
                other.name(),
                String.join(", ", unsupported));
        return onCpu(other);
    }

    private long budget(WorkerPlace place, int device, int devices) {
        if (cuda.memoryBudget() > 0 || cuda.sharing() == DeviceSharing.EXCLUSIVE) return cuda.memoryBudget();
        int here = Math.min(place.slots(), place.workers());
        int sharers = Math.max(1, (here + devices - 1) / devices);
        return sharers == 1 ? 0 : installation.share(device, sharers);
    }

    /** {@code cuda (NVIDIA H200, tf32, cuDNN 9.19.0)}; what goes without saying is left out. */
    private String name(CudaInstallation.OnDevice made) {
        List<String> details = new ArrayList<>(List.of(made.device()));
        if (cuda.precision() != Precision.FLOAT32) details.add(cuda.precision().word());
        if (!made.convolutions().isEmpty()) details.add(made.convolutions());
        return made.engine().name() + " (" + String.join(", ", details) + ")";
    }

    private static RuntimeException failure(WorkerPlace place, NoDeviceException e) {
        String message = "training.engine is cuda, but worker " + (place.worker() + 1) + " of " + place.workers()
                + " cannot compute on a device: " + e.reason() + ". " + e.remedy()
                + " With training.engine auto it would compute on the CPU.";
        IllegalStateException failure = new IllegalStateException(message);
        failure.addSuppressed(
                e); // no cause: the innermost message is what people are shown, and it must be the whole one
        return e.isLasting() ? new SuppressRestartsException(failure) : failure;
    }

    /** A machine without devices is no reason to worry. */
    private void report(WorkerPlace place, String reason) {
        boolean expected = installation.missing() == null
                || !place.devices().apply(cuda.resource()).isEmpty();
        String line = "Worker {} of {} computes on the CPU: {}";
        if (expected) LOG.warn(line, place.worker() + 1, place.workers(), reason);
        else LOG.info(line, place.worker() + 1, place.workers(), reason);
    }
}
