package dev.millrace.pipeline.minibatch;

import dev.millrace.pipeline.source.Sample;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.windowing.assigners.WindowAssigner;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;

/** Puts a stamped sample into the window of its mini-batch. */
public final class MiniBatchAssigner extends WindowAssigner<Sample, MiniBatchWindow> {
    private static final long serialVersionUID = 1L;

    private final long maxAgeMillis;
    private transient long cachedId;
    private transient int cachedSize; // 0: nothing cached
    private transient Collection<MiniBatchWindow> cached = List.of();

    /** @param maxAgeMillis how old the first sample of a mini-batch may get before it is closed, milliseconds */
    public MiniBatchAssigner(long maxAgeMillis) {
        this.maxAgeMillis = maxAgeMillis;
    }

    @Override
    public Collection<MiniBatchWindow> assignWindows(Sample sample, long timestamp, WindowAssignerContext context) {
        if (cachedSize != sample.batchSize || cachedId != sample.batchId) {
            cachedId = sample.batchId;
            cachedSize = sample.batchSize;
            cached = List.of(new MiniBatchWindow(sample.batchId, sample.batchSize));
        }
        return cached;
    }

    @Override
    public Trigger<Sample, MiniBatchWindow> getDefaultTrigger() {
        return new CountOrAgeTrigger(maxAgeMillis);
    }

    @Override
    public TypeSerializer<MiniBatchWindow> getWindowSerializer(ExecutionConfig config) {
        return MiniBatchWindow.Serializer.INSTANCE;
    }

    @Override
    public boolean isEventTime() {
        return false;
    }
}
