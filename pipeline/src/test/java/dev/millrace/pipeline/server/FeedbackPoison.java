package dev.millrace.pipeline.server;

import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.pipeline.metrics.TaskScope;
import java.util.List;
import org.apache.flink.metrics.MetricGroup;

/** Makes the feedback source of a job fail: what it is given to send cannot be serialized. */
public final class FeedbackPoison {
    private FeedbackPoison() {}

    /** Puts the poison where the server puts parameters, which replaces it if the feedback source is not quick. */
    public static void publish(MetricGroup group) {
        ParameterSet set = new ParameterSet(List.of(new ParameterLayout(List.of(), List.of())));
        set.dense[0].length = 1; // of a block that has no values
        ParameterChannel.of(TaskScope.of(group)).publish(set);
    }
}
