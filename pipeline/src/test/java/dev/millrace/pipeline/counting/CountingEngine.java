package dev.millrace.pipeline.counting;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** Its gradient counts samples; it takes a while over each batch and fails where the faults say so. */
final class CountingEngine implements GradientEngine {
    private final Faults faults;
    private final long nanosPerBatch;

    private CountingEngine(Faults faults, long nanosPerBatch) {
        this.faults = faults;
        this.nanosPerBatch = nanosPerBatch;
    }

    /** Makes counting engines that take {@code nanosPerBatch} over each batch. */
    record Factory(Faults faults, long nanosPerBatch) implements EngineFactory {
        @Override
        public GradientEngine create(ModelSpec spec) {
            return new CountingEngine(faults, nanosPerBatch);
        }
    }

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public void upload(int offset, float[] block, int length) {}

    @Override
    public void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into) {
        faults.hit(Faults.Point.WORKER);
        Arrays.fill(into.gradient, 0);
        into.samples = batch.rows();
        into.weight = batch.rows();
        into.lossSum = batch.rows();
        into.lossSquaredSum = batch.rows();
        if (into.predictions.length < batch.rows()) into.predictions = new float[batch.rows()];
        for (int i = 0; i < batch.rows(); i++) into.gradient[(int) batch.features()[i]] -= 1;
        if (nanosPerBatch > 0) LockSupport.parkNanos(nanosPerBatch);
        faults.trained(batch.rows());
    }

    @Override
    public void predict(SampleBatch batch, int microBatch, float[] predictions) {
        Arrays.fill(predictions, 0);
    }

    @Override
    public void close() {}
}
