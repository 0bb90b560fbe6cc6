package dev.millrace.pipeline.server;

import dev.millrace.pipeline.gradient.ParameterBlock;
import dev.millrace.pipeline.metrics.TaskScope;
import org.apache.flink.metrics.MetricGroup;

/** Makes the feedback source of a job fail: what it is given to send cannot be serialized. */
public final class FeedbackPoison {
    private FeedbackPoison() {}

    /** Puts the poison where the server puts parameters, which replaces it if the feedback source is not quick. */
    public static void publish(MetricGroup group) {
        ParameterBlock block = new ParameterBlock();
        block.blocks = 1;
        block.length = 1; // of a block that has no values
        ParameterChannel.of(TaskScope.of(group)).publish(new ParameterBlock[] {block});
    }
}
