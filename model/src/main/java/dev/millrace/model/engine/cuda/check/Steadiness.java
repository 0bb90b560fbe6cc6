package dev.millrace.model.engine.cuda.check;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.engine.cuda.Precision;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Whether many steps give the same bits and leave the device's memory as it was. */
final class Steadiness {
    private static final int ROWS = 32;

    /** What the driver takes for itself now and then, bytes. */
    private static final long SLACK = 16 << 20;

    private Steadiness() {}

    /**
     * Prints what it found, of a dense model and of one with convolutions.
     *
     * @return how many failed
     */
    static int run(int steps) {
        return run(CheckModel.digits(), steps) + run(CheckModel.cnn(), steps);
    }

    private static int run(CheckModel model, int steps) {
        ModelSpec spec = model.spec();
        SplittableRandom random = new SplittableRandom(1);
        float[] parameters = Drawn.parameters(spec, random);
        SampleBatch batch = Drawn.samples(spec, ROWS, random);
        GradientSum sum = new GradientSum(spec.layout().denseSize());
        try (CudaEngine engine = new CudaEngine(spec, new CudaSettings(0, Precision.FLOAT32, true, 0))) {
            engine.upload(0, parameters, parameters.length);
            for (int i = 0; i < Math.max(1, steps / 10); i++) engine.lossAndGradient(batch, ROWS, sum);
            float[] first = sum.gradient.clone();
            long held = engine.deviceBytes();
            long free = Device.freeBytes();
            for (int i = 0; i < steps; i++) {
                engine.upload(0, parameters, parameters.length);
                engine.lossAndGradient(batch, ROWS, sum);
            }
            boolean flat = engine.deviceBytes() == held && free - Device.freeBytes() <= SLACK;
            boolean same = Arrays.equals(first, sum.gradient);
            System.out.printf(
                    "%s: over %,d steps the engine held %,d bytes on the device, then %,d; free were %,d, then %,d: %s%n",
                    model.name(),
                    steps,
                    held,
                    engine.deviceBytes(),
                    free,
                    Device.freeBytes(),
                    flat ? "flat" : "FAILED");
            System.out.printf("The last gradient has the first's bits: %s%n", same ? "yes" : "FAILED");
            return (flat ? 0 : 1) + (same ? 0 : 1);
        }
    }
}
