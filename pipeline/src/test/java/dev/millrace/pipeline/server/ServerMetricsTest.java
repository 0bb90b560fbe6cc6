package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {

    @Test
    void everyScalarOfTheWindowIsAGauge() {
        Gauges gauges = new Gauges();
        ServerMetrics metrics = ServerMetrics.of(gauges);
        assertThat(gauges.value("macroF1")).as("before the first report").isNaN();

        metrics.reported(ReportFixture.binary("bids", List.of()));

        assertThat(gauges.value("accuracy")).isEqualTo(0.8);
        assertThat(gauges.value("macroPrecision")).isEqualTo(0.81);
        assertThat(gauges.value("macroRecall")).isEqualTo(0.82);
        assertThat(gauges.value("macroF1")).isEqualTo(0.83);
        assertThat(gauges.value("calibrationError")).isEqualTo(0.0123);
        assertThat(gauges.value("brierScore")).isEqualTo(0.14);
        for (String other : List.of("hammingLoss", "rmse", "mae", "r2"))
            assertThat(gauges.value(other)).isNaN();
    }

    private static final class Gauges extends UnregisteredMetricsGroup {
        private final Map<String, Gauge<?>> byName = new HashMap<>();

        double value(String name) {
            return (Double) Objects.requireNonNull(byName.get(name), name).getValue();
        }

        @Override
        public MetricGroup addGroup(String name) {
            return this;
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            byName.put(name, gauge);
            return gauge;
        }
    }
}
