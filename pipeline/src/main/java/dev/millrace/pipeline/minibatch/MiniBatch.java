package dev.millrace.pipeline.minibatch;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.pipeline.source.Sample;

/** The samples one worker contributes to one step, in columns, and where they came from. */
public final class MiniBatch {
    public final SampleBatch samples;
    public final SplitProgress progress;
    public long minEventTime = Long.MAX_VALUE;
    public long maxEventTime = Long.MIN_VALUE;

    /** Which life of the ingest task emitted it; see {@link LocalLink}. */
    public long token;

    public MiniBatch(SampleBatch samples, SplitProgress progress) {
        this.samples = samples;
        this.progress = progress;
    }

    /** Copies one sample in. */
    void add(Sample sample) {
        samples.append(sample.features, sample.labels, sample.weight);
        progress.add(sample.split, sample.offset);
        minEventTime = Math.min(minEventTime, sample.eventTime);
        maxEventTime = Math.max(maxEventTime, sample.eventTime);
    }

    /** Copies another mini-batch of the same widths in. */
    void add(MiniBatch other) {
        samples.append(other.samples);
        progress.add(other.progress);
        minEventTime = Math.min(minEventTime, other.minEventTime);
        maxEventTime = Math.max(maxEventTime, other.maxEventTime);
    }
}
