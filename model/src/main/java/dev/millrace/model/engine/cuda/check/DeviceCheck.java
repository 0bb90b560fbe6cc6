package dev.millrace.model.engine.cuda.check;

import dev.millrace.model.engine.cuda.Cuda;
import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.engine.cuda.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks the engine for GPUs where there is one; {@code deploy/gpu/check.sh} starts it. */
public final class DeviceCheck {
    private static final int PASSED = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    /** Nothing was checked, as there is no device. */
    private static final int NO_DEVICE = 3;

    private DeviceCheck() {}

    /** Arguments: {@code probe}, {@code parity [SEED]}, {@code sanitize}, {@code steady [STEPS]} or {@code rates [MILLIS [TORCH]]}. */
    public static void main(String[] args) throws IOException {
        System.exit(run(args));
    }

    private static int run(String[] args) throws IOException {
        String missing = Cuda.missing();
        if (missing != null) {
            System.out.println("Nothing ran on a GPU: " + missing);
            return NO_DEVICE;
        }
        String what = args.length == 0 ? "" : args[0];
        switch (what) {
            case "probe" -> probe();
            case "parity" -> {
                long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
                return passed(Parity.run(List.of(Precision.values()), seed));
            }
            case "sanitize" -> {
                return passed(Parity.run(List.of(Precision.FLOAT32), 1));
            }
            case "steady" -> {
                return passed(Steadiness.run(argument(args, 1, 10_000)));
            }
            case "rates" -> {
                Rates.matrices();
                Rates.run(TorchRates.read(file(args)), argument(args, 1, 1000));
            }
            default -> {
                System.err.println("probe, parity, sanitize, steady or rates. Received: " + what);
                return WRONG_USAGE;
            }
        }
        return PASSED;
    }

    private static void probe() {
        try (CudaEngine engine =
                new CudaEngine(CheckModel.dense(4, 2), new CudaSettings(0, Precision.FLOAT32, true, 0))) {
            System.out.printf(
                    Locale.ROOT,
                    "%s, %.1f GiB free; %d device(s)%n",
                    engine.deviceName(),
                    Device.freeBytes() / 0x1p30,
                    Cuda.devices());
        }
        try (CudaEngine engine =
                new CudaEngine(CheckModel.cnn().spec(), new CudaSettings(0, Precision.FLOAT32, true, 0))) {
            System.out.println("Convolutions: " + engine.convolutionText());
        }
    }

    private static int passed(int failures) {
        if (failures > 0) System.out.println(failures + " failed");
        return failures == 0 ? PASSED : FAILED;
    }

    private static int argument(String[] args, int index, int otherwise) {
        return args.length > index ? Integer.parseInt(args[index]) : otherwise;
    }

    private static @Nullable Path file(String[] args) {
        return args.length > 2 ? Path.of(args[2]) : null;
    }
}
