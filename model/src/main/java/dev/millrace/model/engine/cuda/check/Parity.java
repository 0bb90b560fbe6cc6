package dev.millrace.model.engine.cuda.check;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.Nd4jEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.engine.cuda.Precision;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.table.TouchedRows;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Both engines on the same samples and parameters. The error is {@code |out - ref| / |ref|}, by the 2-norm, of the gradient,
 * of the predictions and of the loss; the largest counts.
 */
final class Parity {
    private static final int ROWS = 96;

    private Parity() {}

    /** With rounded factors, of a gradient that jumps: some of the samples may go the other way. */
    private static final double BOUND_OF_JUMPS = 0.25;

    /** Largest error: float32 sums in another order; the mantissas of TF32 and BF16 have 2^-11 and 2^-8, a few products deep. */
    static double bound(CheckModel model, Precision precision) {
        return switch (precision) {
            case FLOAT32 -> 1e-4;
            case TF32 -> model.jumps() ? BOUND_OF_JUMPS : 5e-3;
            case BFLOAT16 -> model.jumps() ? BOUND_OF_JUMPS : 5e-2;
        };
    }

    /**
     * Checks every kind of layer; prints a line each.
     *
     * @return how many failed
     */
    static int run(List<Precision> precisions, long seed) {
        System.out.printf("Parity with nd4j, %d samples, seed %d%n", ROWS, seed);
        int failed = 0;
        for (CheckModel model : CheckModel.ofEveryKind()) {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %-26s", model.name()));
            List<String> unsupported = CudaEngine.unsupported(model.spec());
            if (!unsupported.isEmpty()) line.append(" not supported: ").append(String.join(", ", unsupported));
            else failed += compare(model, precisions, seed, line);
            System.out.println(line);
        }
        return failed;
    }

    private static int compare(CheckModel model, List<Precision> precisions, long seed, StringBuilder line) {
        int failed = 0;
        for (Precision precision : precisions) {
            double error = error(model.spec(), precision, seed);
            double bound = bound(model, precision);
            boolean good = error <= bound; // not for NaN
            if (!good) failed++;
            line.append(String.format(
                    Locale.ROOT,
                    "  %s %.1e%s",
                    precision.name().toLowerCase(Locale.ROOT),
                    error,
                    good ? "" : " FAILED, at most " + bound));
        }
        return failed;
    }

    private static double error(ModelSpec spec, Precision precision, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] parameters = Drawn.parameters(spec, random);
        SampleBatch batch = Drawn.samples(spec, ROWS, random);
        try (GradientEngine reference = new Nd4jEngine(spec);
                GradientEngine device = new CudaEngine(spec, new CudaSettings(0, precision, true, 0))) {
            GradientSum expected = sums(reference, spec, parameters, batch);
            GradientSum found = sums(device, spec, parameters, batch);
            double error = distance(expected.gradient, found.gradient);
            for (int t = 0; t < expected.rows.length; t++) {
                error = worse(error, distance(expected.rows[t], found.rows[t]));
            }
            int outputs = ROWS * spec.outputs();
            error = worse(error, distance(expected.predictions, found.predictions, outputs));
            return worse(error, Math.abs(found.lossSum - expected.lossSum) / Math.abs(expected.lossSum));
        }
    }

    /** What is not a number is the worst. */
    private static double worse(double one, double other) {
        return Double.isNaN(one) ? one : Double.isNaN(other) ? other : Math.max(one, other);
    }

    private static GradientSum sums(GradientEngine engine, ModelSpec spec, float[] parameters, SampleBatch batch) {
        GradientSum sum = new GradientSum(spec.layout().denseSize());
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(batch, ROWS, sum);
        return sum;
    }

    private static double distance(float[] expected, float[] found) {
        return distance(expected, found, expected.length);
    }

    private static double distance(float[] expected, float[] found, int length) {
        double apart = 0;
        double norm = 0;
        for (int i = 0; i < length; i++) {
            double difference = (double) found[i] - expected[i];
            apart += difference * difference;
            norm += (double) expected[i] * expected[i];
        }
        return apart == 0 ? 0 : Math.sqrt(apart / norm);
    }

    /** The engines may list the rows in any order. */
    private static double distance(TouchedRows expected, TouchedRows found) {
        if (expected.count() != found.count()) return Double.NaN;
        int width = expected.width();
        float[] sorted = new float[expected.count() * width];
        for (int i = 0; i < expected.count(); i++) {
            int place = found.find(expected.ids()[i]);
            if (place < 0) return Double.NaN;
            System.arraycopy(found.values(), place * width, sorted, i * width, width);
        }
        return distance(expected.values(), sorted, sorted.length);
    }
}
