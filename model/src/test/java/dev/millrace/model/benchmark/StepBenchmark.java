package dev.millrace.model.benchmark;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.Sgd;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.spec.ModelSpec;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One training step, bare and guarded. The bare one is the work of {@code src/test/python/torch_step_benchmark.py};
 * {@code src/test/sh/step-benchmark.sh} runs both.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp
public class StepBenchmark {
    /** Two convolutions with pools, two dense layers, on images of 28 x 28 x 1. */
    static final String CNN = "cnn-28x28x1";

    @Param({"784-10", "784-128-10", "784-512-256-10", "32-64-32-1", CNN})
    public String model;

    @Param({"1", "32", "1024"})
    public int batch;

    private GradientEngine engine;
    private SampleBatch samples;
    private GradientSum sum;
    private final Sgd sgd = new Sgd();
    private UpdateRule rule;
    private OptimizerState state;
    private float[] parameters;
    private float[] next;
    private long steps;

    @Setup
    public void setUp() {
        ModelSpec spec = spec(model);
        engine = Engines.factory("nd4j").create(spec);
        samples = random(spec, batch);
        parameters = spec.initialParameters(1);
        next = new float[parameters.length];
        sum = new GradientSum(parameters.length);
        rule = OptimizerSpec.of(Map.of()).rule();
        state = rule.init(parameters.length);
    }

    /** Parameters to the engine, loss and gradient, SGD on the mean: what PyTorch's loop does. */
    @Benchmark
    public double step() {
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(samples, Integer.MAX_VALUE, sum);
        sgd.update(++steps, 0.01 / sum.weight, sum.gradient, state, parameters, state, next);
        swap();
        return sum.lossSum;
    }

    /** The same with all that the job adds for safety: norm, finiteness before and after, clipping. */
    @Benchmark
    public double guardedStep() {
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(samples, Integer.MAX_VALUE, sum);
        if (rule.apply(++steps, 0.01, sum.weight, sum.gradient, state, parameters, state, next)) swap();
        return sum.lossSum;
    }

    private void swap() {
        float[] before = parameters;
        parameters = next;
        next = before;
    }

    @TearDown
    public void tearDown() {
        engine.close();
    }

    /** ReLU between, softmax for ten outputs, sigmoid for one. */
    static ModelSpec spec(String widths) {
        if (widths.equals(CNN)) return convolutions();
        String[] width = widths.split("-", -1);
        boolean binary = width[width.length - 1].equals("1");
        StringBuilder yaml = new StringBuilder("inputs: " + width[0] + "\nlayers:\n");
        for (int i = 1; i < width.length; i++) {
            String activation = i < width.length - 1 ? "relu" : binary ? "sigmoid" : "softmax";
            yaml.append("  - dense: {units: %s, activation: %s}\n".formatted(width[i], activation));
        }
        return ModelSpec.fromYaml(yaml + "loss: " + (binary ? "binary" : "categorical") + "_crossentropy\n");
    }

    private static ModelSpec convolutions() {
        return ModelSpec.fromYaml("""
                inputs: [28, 28, 1]
                layers:
                  - conv2d: {filters: 16, kernel_size: 3, activation: relu}
                  - max_pooling2d
                  - conv2d: {filters: 32, kernel_size: 3, activation: relu}
                  - max_pooling2d
                  - flatten
                  - dense: {units: 64, activation: relu}
                  - dense: {units: 10, activation: softmax}
                loss: categorical_crossentropy
                """);
    }

    private static SampleBatch random(ModelSpec spec, int rows) {
        SplittableRandom random = new SplittableRandom(1);
        SampleBatch batch = new SampleBatch(spec.inputs(), 1, rows);
        float[] features = new float[spec.inputs()];
        for (int i = 0; i < rows; i++) {
            for (int f = 0; f < features.length; f++) features[f] = (float) random.nextDouble();
            batch.append(features, new float[] {random.nextInt(Math.max(2, spec.outputs()))}, 1);
        }
        return batch;
    }
}
