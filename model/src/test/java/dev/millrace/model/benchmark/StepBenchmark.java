package dev.millrace.model.benchmark;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.optimizer.OptimizerState;
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
 * A whole step as the job takes it: parameters to the engine, loss and gradient, division, finiteness checks, SGD. The
 * same work as {@code src/test/python/torch_step_benchmark.py}; {@code src/test/sh/step-benchmark.sh} runs both.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp
public class StepBenchmark {
    @Param({"784-10", "784-128-10", "784-512-256-10", "32-64-32-1"})
    public String model;

    @Param({"1", "32", "1024"})
    public int batch;

    private GradientEngine engine;
    private SampleBatch samples;
    private GradientSum sum;
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

    @Benchmark
    public double step() {
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(samples, Integer.MAX_VALUE, sum);
        if (rule.apply(++steps, 0.01, sum.weight, sum.gradient, state, parameters, state, next)) {
            float[] before = parameters;
            parameters = next;
            next = before;
        }
        return sum.lossSum;
    }

    @TearDown
    public void tearDown() {
        engine.close();
    }

    /** ReLU between, softmax for ten outputs, sigmoid for one. */
    static ModelSpec spec(String widths) {
        String[] width = widths.split("-", -1);
        boolean binary = width[width.length - 1].equals("1");
        StringBuilder yaml = new StringBuilder("inputs: " + width[0] + "\nlayers:\n");
        for (int i = 1; i < width.length; i++) {
            String activation = i < width.length - 1 ? "relu" : binary ? "sigmoid" : "softmax";
            yaml.append("  - dense: {units: %s, activation: %s}\n".formatted(width[i], activation));
        }
        return ModelSpec.fromYaml(yaml + "loss: " + (binary ? "binary" : "categorical") + "_crossentropy\n");
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
