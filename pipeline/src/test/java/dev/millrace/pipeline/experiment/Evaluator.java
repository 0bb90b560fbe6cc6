package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.produce.SampleStream;
import java.io.IOException;

/** Mean loss of parameters on samples they did not see. */
final class Evaluator implements AutoCloseable {
    private static final int AT_ONCE = 1024;

    private final GradientEngine engine;
    private final GradientSum sum;

    Evaluator(ModelSpec spec) {
        this.engine = Engines.factory("nd4j").create(spec);
        this.sum = new GradientSum(spec.layout().size());
    }

    double loss(float[] parameters, SampleBatch samples) {
        return lossSum(parameters, samples) / samples.rows();
    }

    double lossSum(float[] parameters, SampleBatch samples) {
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(samples, AT_ONCE, sum);
        return sum.lossSum;
    }

    /** Reads samples into memory. */
    static SampleBatch read(SampleStream stream, int count) throws IOException {
        Example example = new Example();
        if (!stream.next(example)) throw new IOException("the stream is empty");
        SampleBatch batch = new SampleBatch(example.features.length, 1, count);
        do {
            batch.append(example.features, example.labels, 1);
        } while (batch.rows() < count && stream.next(example));
        return batch;
    }

    @Override
    public void close() {
        engine.close();
    }
}
