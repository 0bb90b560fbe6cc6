package dev.millrace.pipeline.minibatch;

import dev.millrace.pipeline.source.Sample;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;

/**
 * Closes a mini-batch at the sample that fills it, by the stamper's word, or at the maximum age of its first sample,
 * whichever comes first. So no state is touched per sample. A timer at the end of time closes what is left when a
 * bounded stream ends; processing-time timers are dropped there.
 */
public final class CountOrAgeTrigger extends Trigger<Sample, MiniBatchWindow> {
    private static final long serialVersionUID = 1L;
    private static final ValueStateDescriptor<Long> DEADLINE =
            new ValueStateDescriptor<>("deadline", LongSerializer.INSTANCE);

    private final long maxAgeMillis;

    /** @param maxAgeMillis >= 1 */
    public CountOrAgeTrigger(long maxAgeMillis) {
        if (maxAgeMillis < 1) {
            throw new IllegalArgumentException("batch.max-age must be >= 1 ms. Received: " + maxAgeMillis + " ms");
        }
        this.maxAgeMillis = maxAgeMillis;
    }

    @Override
    public TriggerResult onElement(Sample sample, long timestamp, MiniBatchWindow window, TriggerContext context)
            throws Exception {
        if (sample.closes) return sample.position == 0 ? TriggerResult.FIRE_AND_PURGE : fire(window, context);
        if (sample.position == 0) {
            long deadline = context.getCurrentProcessingTime() + maxAgeMillis;
            context.getPartitionedState(DEADLINE).update(deadline);
            context.registerProcessingTimeTimer(deadline);
            context.registerEventTimeTimer(Long.MAX_VALUE);
        }
        return TriggerResult.CONTINUE;
    }

    @Override
    public TriggerResult onProcessingTime(long time, MiniBatchWindow window, TriggerContext context) throws Exception {
        return fire(window, context);
    }

    @Override
    public TriggerResult onEventTime(long time, MiniBatchWindow window, TriggerContext context) throws Exception {
        return fire(window, context);
    }

    /** Flink clears a trigger only when a window's time is over, and ours has none. */
    private TriggerResult fire(MiniBatchWindow window, TriggerContext context) throws Exception {
        clear(window, context);
        return TriggerResult.FIRE_AND_PURGE;
    }

    @Override
    public void clear(MiniBatchWindow window, TriggerContext context) throws Exception {
        ValueState<Long> deadline = context.getPartitionedState(DEADLINE);
        Long time = deadline.value();
        if (time == null) return;
        context.deleteProcessingTimeTimer(time);
        context.deleteEventTimeTimer(Long.MAX_VALUE);
        deadline.clear();
    }
}
