package dev.millrace.pipeline.minibatch;

import dev.millrace.pipeline.metrics.TaskScope;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.metrics.MetricGroup;

/** How a task finds its {@link LocalLink}: by job, task manager and subtask. */
public final class LocalLinks {
    private LocalLinks() {}

    public static LocalLink of(RuntimeContext context) {
        return of(context.getMetricGroup(), context.getTaskInfo().getIndexOfThisSubtask());
    }

    /** Forgets the link of a task whose attempt ends: no new one begins before all old ones have ended. */
    public static void forget(RuntimeContext context) {
        LocalLink.forget(
                TaskScope.of(context.getMetricGroup()), context.getTaskInfo().getIndexOfThisSubtask());
    }

    public static LocalLink of(SourceReaderContext context) {
        return of(context.metricGroup(), context.getIndexOfSubtask());
    }

    private static LocalLink of(MetricGroup group, int subtask) {
        return LocalLink.of(TaskScope.of(group), subtask);
    }
}
