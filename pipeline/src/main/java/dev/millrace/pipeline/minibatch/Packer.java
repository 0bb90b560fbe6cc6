package dev.millrace.pipeline.minibatch;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.pipeline.source.Sample;
import org.apache.flink.api.common.functions.AggregateFunction;

/** Packs samples into columns as they arrive. */
public final class Packer implements AggregateFunction<Sample, MiniBatch, MiniBatch> {
    private static final long serialVersionUID = 1L;
    private static final int SMALLEST = 1;

    /** A large mini-batch may close by age with few samples: beyond this it grows as it fills. */
    private static final int LARGEST_AT_ONCE = 1024;

    private final int featureWidth;
    private final int labelWidth;

    /**
     * @param featureWidth features of one sample
     * @param labelWidth labels of one sample
     */
    public Packer(int featureWidth, int labelWidth) {
        this.featureWidth = featureWidth;
        this.labelWidth = labelWidth;
    }

    @Override
    public MiniBatch createAccumulator() {
        return new MiniBatch(new SampleBatch(featureWidth, labelWidth, SMALLEST), new SplitProgress());
    }

    @Override
    public MiniBatch add(Sample sample, MiniBatch batch) {
        if (sample.position == 0) batch.samples.ensureCapacity(Math.min(sample.batchSize, LARGEST_AT_ONCE));
        batch.add(sample);
        return batch;
    }

    @Override
    public MiniBatch getResult(MiniBatch batch) {
        return batch;
    }

    @Override
    public MiniBatch merge(MiniBatch a, MiniBatch b) {
        a.add(b);
        return a;
    }
}
