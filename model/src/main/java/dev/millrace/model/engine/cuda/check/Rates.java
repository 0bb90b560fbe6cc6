package dev.millrace.model.engine.cuda.check;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.engine.cuda.Precision;
import dev.millrace.model.spec.ModelSpec;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Steps and samples per second, beside PyTorch's where it was measured. */
final class Rates {
    private static final int[] BATCHES = {256, 1024, 4096, 16384, 65536};
    private static final int MATRIX = 8192;

    private Rates() {}

    /** Prints what cuBLAS alone reaches. */
    static void matrices() {
        for (Precision precision : Precision.values()) {
            System.out.printf(
                    Locale.ROOT,
                    "cuBLAS, %d x %d matrices, %s: %.1f TFLOP/s%n",
                    MATRIX,
                    MATRIX,
                    precision.name().toLowerCase(Locale.ROOT),
                    Device.matrixRate(MATRIX, precision) / 1e12);
        }
    }

    /**
     * Prints the table.
     *
     * @param millis to spend on a cell, about
     */
    static void run(TorchRates torch, long millis) {
        System.out.println(
                "A step is a worker's: parameters and batch to the device, loss and gradient back. \"still\": with the"
                        + " parameters there already.");
        if (torch.isEmpty()) System.out.println("PyTorch was not measured.");
        System.out.printf(
                "%-24s %6s %-9s %10s %12s %12s  %12s %12s %7s%n",
                "model", "batch", "precision", "steps/s", "samples/s", "still", "eager", "graph", "ratio");
        for (CheckModel model : CheckModel.forRates()) {
            List<String> unsupported = CudaEngine.unsupported(model.spec());
            if (!unsupported.isEmpty()) {
                System.out.printf("%-24s not supported: %s%n", model.name(), String.join(", ", unsupported));
                continue;
            }
            for (int batch : BATCHES) {
                SplittableRandom random = new SplittableRandom(batch);
                float[] parameters = Drawn.parameters(model.spec(), random);
                SampleBatch samples = Drawn.samples(model.spec(), batch, random);
                for (boolean cudnn : model.byCudnn()) {
                    for (Precision precision : Precision.values()) {
                        cell(model, cudnn, batch, precision, parameters, samples, torch, millis);
                    }
                }
            }
        }
    }

    private static void cell(
            CheckModel model,
            boolean cudnn,
            int batch,
            Precision precision,
            float[] parameters,
            SampleBatch samples,
            TorchRates torch,
            long millis) {
        ModelSpec spec = model.spec();
        String word = precision.name().toLowerCase(Locale.ROOT);
        try (CudaEngine engine = new CudaEngine(spec, new CudaSettings(0, precision, true, 0, cudnn))) {
            StepTime time = StepTime.of(spec, engine, parameters, samples, millis * 500_000);
            double rate = batch / time.seconds();
            double eager = torch.rate(model.name(), batch, "eager-" + word);
            double graph = torch.rate(model.name(), batch, "graph-" + word);
            double best = Double.isNaN(graph) ? eager : Double.isNaN(eager) ? graph : Math.max(eager, graph);
            System.out.printf(
                    Locale.ROOT,
                    "%-24s %6d %-9s %10.1f %12.0f %12.0f  %12s %12s %7s%s%n",
                    model.name(engine.convolutions()),
                    batch,
                    word.replace("bfloat16", "bf16"),
                    1 / time.seconds(),
                    rate,
                    batch / time.secondsAtSameParameters(),
                    number("%.0f", eager),
                    number("%.0f", graph),
                    number("%.2f", rate / best),
                    engine.halvings() == 0 ? "" : "  " + engine.microBatchLimit() + " at once");
        }
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
