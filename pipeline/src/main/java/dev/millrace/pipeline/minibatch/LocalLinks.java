package dev.millrace.pipeline.minibatch;

import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.metrics.MetricGroup;

/** How a task finds its {@link LocalLink}: by job, task manager and subtask. */
public final class LocalLinks {
    private LocalLinks() {}

    public static LocalLink of(RuntimeContext context) {
        return of(context.getMetricGroup(), context.getTaskInfo().getIndexOfThisSubtask());
    }

    public static LocalLink of(SourceReaderContext context) {
        return of(context.metricGroup(), context.getIndexOfSubtask());
    }

    /** The task manager's id is part of the key so that a mini cluster of several does not hide a broken co-location. */
    private static LocalLink of(MetricGroup group, int subtask) {
        Map<String, String> scope = group.getAllVariables();
        return LocalLink.of(variable(scope, "<job_id>"), variable(scope, "<tm_id>"), subtask);
    }

    private static String variable(Map<String, String> scope, String name) {
        String value = scope.get(name);
        if (value == null) throw new IllegalStateException("Flink's metric scope has no variable " + name);
        return value;
    }
}
