package dev.millrace.pipeline.server;

import java.util.Map;
import org.apache.flink.metrics.MetricGroup;

/** How a task finds its {@link ParameterChannel}: by job and task manager. */
final class ParameterChannels {
    private ParameterChannels() {}

    static ParameterChannel of(MetricGroup group) {
        Map<String, String> scope = group.getAllVariables();
        return ParameterChannel.of(scope.get("<job_id>"), scope.get("<tm_id>"));
    }

    static void forget(MetricGroup group) {
        Map<String, String> scope = group.getAllVariables();
        ParameterChannel.forget(scope.get("<job_id>"), scope.get("<tm_id>"));
    }
}
