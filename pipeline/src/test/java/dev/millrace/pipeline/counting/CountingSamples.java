package dev.millrace.pipeline.counting;

import dev.millrace.pipeline.source.Sample;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;

/** Number i becomes sample i. */
final class CountingSamples extends RichMapFunction<Long, Sample> implements CheckpointListener {
    private static final long serialVersionUID = 1L;

    private final Faults faults;
    private transient Sample sample;

    @SuppressWarnings("NullAway.Init")
    CountingSamples(Faults faults) {
        this.faults = faults;
    }

    @Override
    public void open(OpenContext context) {
        sample = new Sample();
        sample.features = new float[1];
        sample.labels = new float[1];
    }

    @Override
    public Sample map(Long id) {
        faults.hit(Faults.Point.SOURCE);
        faults.read();
        sample.features[0] = id;
        sample.offset = id;
        sample.eventTime = id;
        return sample;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        faults.arm();
    }
}
