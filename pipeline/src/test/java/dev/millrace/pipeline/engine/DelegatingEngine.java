package dev.millrace.pipeline.engine;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;

/** The real engine; a test lays hands on what it does. */
public abstract class DelegatingEngine implements GradientEngine {
    private final GradientEngine engine;

    protected DelegatingEngine(ModelSpec spec) {
        engine = Engines.factory("nd4j").create(spec);
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public void upload(int offset, float[] block, int length) {
        engine.upload(offset, block, length);
    }

    @Override
    public void uploadRows(int table, int[] rows, float[] values, int count) {
        engine.uploadRows(table, rows, values, count);
    }

    @Override
    public void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into) {
        engine.lossAndGradient(batch, microBatch, into);
    }

    @Override
    public void predict(SampleBatch batch, int microBatch, float[] predictions) {
        engine.predict(batch, microBatch, predictions);
    }

    @Override
    public void close() {
        engine.close();
    }
}
