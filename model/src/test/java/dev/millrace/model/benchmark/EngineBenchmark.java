package dev.millrace.model.benchmark;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.Nd4jEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.optimizer.Clip;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.Sgd;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.spec.ModelSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * A whole step (upload, forward, loss, backward, SGD update) against the same in PyTorch, one thread each, in turns so
 * that both meet the same weather; the best of several rounds counts.
 */
public final class EngineBenchmark {
    private static final String[] MODELS = {"784-10", "784-128-10", "784-512-256-10", "32-64-32-1"};
    private static final int[] BATCHES = {1, 32, 1024};
    private static final long SLICE_NANOS = 150_000_000;

    private EngineBenchmark() {}

    /** Arguments: the Python script, rounds (default 5). */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        Process python = new ProcessBuilder("/usr/bin/python3", args[0])
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (PrintWriter ask = new PrintWriter(python.getOutputStream(), true, StandardCharsets.UTF_8);
                BufferedReader answer =
                        new BufferedReader(new InputStreamReader(python.getInputStream(), StandardCharsets.UTF_8))) {
            System.out.println("model            batch   millrace us   PyTorch us   ratio");
            for (String model : MODELS) {
                for (int batch : BATCHES) compare(model, batch, rounds, ask, answer);
            }
        } finally {
            python.destroy();
        }
    }

    private static void compare(String model, int batch, int rounds, PrintWriter ask, BufferedReader answer)
            throws IOException {
        double ours = Double.MAX_VALUE;
        double theirs = Double.MAX_VALUE;
        try (Step step = new Step(spec(model), batch)) {
            step.best(2 * SLICE_NANOS); // warm-up
            for (int round = 0; round < rounds; round++) {
                ours = Math.min(ours, step.best(SLICE_NANOS));
                ask.println(model + " " + batch);
                String line = answer.readLine();
                if (line == null) throw new IOException("the Python script ended");
                theirs = Math.min(theirs, Double.parseDouble(line));
            }
        }
        System.out.printf("%-16s %5d   %11.1f   %10.1f   %5.2f%n", model, batch, ours, theirs, theirs / ours);
    }

    private static ModelSpec spec(String widths) {
        String[] parts = widths.split("-", -1);
        StringBuilder yaml = new StringBuilder("name: benchmark\ninputs: " + parts[0] + "\nlayers:\n");
        boolean binary = parts[parts.length - 1].equals("1");
        for (int i = 1; i < parts.length; i++) {
            String activation = i < parts.length - 1 ? "relu" : binary ? "sigmoid" : "softmax";
            yaml.append("  - dense: {units: ")
                    .append(parts[i])
                    .append(", activation: ")
                    .append(activation)
                    .append("}\n");
        }
        return ModelSpec.fromYaml(yaml + "loss: " + (binary ? "binary_crossentropy" : "categorical_crossentropy"));
    }

    private static final class Step implements AutoCloseable {
        private final Nd4jEngine engine;
        private final SampleBatch batch;
        private final GradientSum sum;
        private final UpdateRule sgd = new UpdateRule(new Sgd(), Clip.NONE, 0);
        private final OptimizerState none = sgd.init(1);
        private float[] parameters;
        private float[] next;
        private long steps;

        Step(ModelSpec spec, int rows) {
            engine = new Nd4jEngine(spec);
            parameters = spec.initialParameters(1);
            next = new float[parameters.length];
            sum = new GradientSum(parameters.length);
            batch = new SampleBatch(spec.inputs(), 1, rows);
            SplittableRandom random = new SplittableRandom(2);
            float[] x = new float[spec.inputs()];
            for (int i = 0; i < rows; i++) {
                for (int f = 0; f < x.length; f++) x[f] = (float) random.nextDouble();
                batch.append(x, new float[] {random.nextInt(Math.max(2, spec.outputs()))}, 1);
            }
        }

        private void run() {
            engine.upload(0, parameters, parameters.length);
            engine.lossAndGradient(batch, batch.rows(), sum);
            sgd.apply(++steps, 0.01, sum.weight, sum.gradient, none, parameters, none, next);
            float[] swapped = parameters;
            parameters = next;
            next = swapped;
        }

        /** Best mean of short runs within the time given, microseconds per step. */
        double best(long nanos) {
            double best = Double.MAX_VALUE;
            long end = System.nanoTime() + nanos;
            do {
                long begin = System.nanoTime();
                int count = 0;
                long now;
                do {
                    run();
                    count++;
                    now = System.nanoTime();
                } while (now - begin < 5_000_000);
                best = Math.min(best, (now - begin) / 1000.0 / count);
            } while (System.nanoTime() < end);
            return best;
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
