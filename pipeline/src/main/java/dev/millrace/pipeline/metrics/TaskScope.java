package dev.millrace.pipeline.metrics;

import java.util.Map;
import org.apache.flink.metrics.MetricGroup;

/**
 * Where a task runs, as Flink's metric scope tells it: the one place where source readers, functions and operators all
 * find it. The task manager is part of it so that a mini cluster of several does not hide a broken co-location.
 */
public record TaskScope(String job, String taskManager) {

    /** The scope of a task's metric group. */
    public static TaskScope of(MetricGroup group) {
        Map<String, String> variables = group.getAllVariables();
        return new TaskScope(variable(variables, "<job_id>"), variable(variables, "<tm_id>"));
    }

    private static String variable(Map<String, String> variables, String name) {
        String value = variables.get(name);
        if (value == null) throw new IllegalStateException("Flink's metric scope has no variable " + name);
        return value;
    }
}
