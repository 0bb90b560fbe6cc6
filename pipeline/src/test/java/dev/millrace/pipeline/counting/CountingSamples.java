package dev.millrace.pipeline.counting;

import dev.millrace.pipeline.source.Sample;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.jspecify.annotations.Nullable;

/** Number i becomes sample i, modulo the number of ids. */
final class CountingSamples extends RichMapFunction<Long, Sample> implements CheckpointedFunction, CheckpointListener {
    private static final long serialVersionUID = 1L;

    private final int inputs;
    private final int ids;
    private final Faults faults;
    private final CheckpointHold hold;
    private transient Sample sample;

    @SuppressWarnings("NullAway.Init")
    CountingSamples(int inputs, int ids, Faults faults, CheckpointHold hold) {
        this.inputs = inputs;
        this.ids = ids;
        this.faults = faults;
        this.hold = hold;
    }

    @Override
    public void open(OpenContext context) {
        faults.begin();
        sample = new Sample();
        sample.features = new float[inputs];
        sample.labels = new float[1];
    }

    @Override
    public @Nullable Sample map(Long id) {
        faults.hit(Faults.Point.SOURCE);
        if (faults.strikes(Faults.Point.STAMPER)) return null; // the stamper is the next in the chain
        faults.read();
        sample.features[0] = id % ids;
        if (inputs > 1) sample.features[1] = id / ids;
        sample.labels[0] = id % 2; // of one class alone no two models can be told apart
        sample.offset = id;
        sample.eventTime = id;
        if (faults.strikes(Faults.Point.WINDOW)) sample.features = new float[0]; // cannot be packed
        return sample;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {}

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws InterruptedException {
        hold.pass();
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        faults.arm();
    }
}
