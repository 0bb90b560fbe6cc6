package dev.millrace.pipeline.device;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.engine.DelegatingEngine;
import dev.millrace.pipeline.gradient.DeviceUse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine with so many devices, as far as a worker sees; what it is asked for can be looked at. */
final class Machine implements CudaInstallation {
    private static final long serialVersionUID = 1L;

    static final long BYTES = 1 << 20;

    private final VisibleDevices visible;
    private final @Nullable String missing;
    private final List<String> unsupported;
    final transient List<CudaSettings> asked = new ArrayList<>();
    boolean full;
    String convolutions = "";

    private Machine(int devices, @Nullable String missing, List<String> unsupported) {
        this.visible = new VisibleDevices(devices, null);
        this.missing = missing;
        this.unsupported = unsupported;
    }

    static Machine with(int devices) {
        return new Machine(devices, null, List.of());
    }

    static Machine without(String missing) {
        return new Machine(0, missing, List.of());
    }

    static Machine thatLacks(String layer) {
        return new Machine(1, null, List.of(layer));
    }

    @Override
    public @Nullable String missing() {
        return missing;
    }

    @Override
    public VisibleDevices visible() {
        return visible;
    }

    @Override
    public List<String> unsupported(ModelSpec spec) {
        return unsupported;
    }

    @Override
    public long share(int device, int sharers) {
        return BYTES / sharers;
    }

    @Override
    public OnDevice create(ModelSpec spec, CudaSettings settings) {
        asked.add(settings);
        if (full) throw new IllegalStateException("out of memory");
        GradientEngine engine = new DelegatingEngine(spec) {
            @Override
            public String name() {
                return "cuda";
            }
        };
        return new OnDevice(
                engine, "Card " + settings.device(), convolutions, new DeviceUse(() -> 64, () -> 3, () -> BYTES));
    }
}
