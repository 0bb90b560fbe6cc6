package dev.millrace.pipeline.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.Engines;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.engine.DelegatingEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class WorkerMetricsTest {
    private static final EngineFactory ON_CPU = Engines.factory("nd4j");
    private static final ModelSpec SPEC =
            ModelSpec.fromYaml("{name: line, inputs: 2, layers: [{dense: {units: 1}}], loss: mean_squared_error}");

    private final Map<String, Gauge<?>> gauges = new HashMap<>();
    private final Map<String, Counter> counters = new HashMap<>();
    private final MetricGroup group = new UnregisteredMetricsGroup() {
        @Override
        public MetricGroup addGroup(String name) {
            return this;
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            gauges.put(name, gauge);
            return gauge;
        }

        @Override
        public <C extends Counter> C counter(String name, C counter) {
            counters.put(name, counter);
            return counter;
        }
    };

    private void register(AssignedEngine engine) {
        new WorkerMetrics(group, engine, () -> 5, new MicroBatches(engine.microBatch(4096)));
    }

    private Object gauge(String name) {
        return Objects.requireNonNull(gauges.get(name), name).getValue();
    }

    @Test
    void anEngineOnADeviceShowsWhatBecameOfTheDevicesMemory() {
        try (AssignedEngine engine = AssignedEngine.onDevice(
                engine(), ON_CPU, "cuda (Card)", new DeviceUse(() -> 500, () -> 3, () -> 1 << 20), 1 << 20, () -> {})) {
            register(engine);
        }

        assertThat(gauge("engine")).isEqualTo("cuda (Card)");
        assertThat(gauge("engineFallback")).isEqualTo(0);
        assertThat(gauge("microBatchSamples"))
                .as("what the device has room for")
                .isEqualTo(500);
        assertThat(gauge("outOfMemoryTotal")).isEqualTo(3L);
        assertThat(gauge("deviceBytes")).isEqualTo(1L << 20);
    }

    @Test
    void anEngineInsteadOfAFasterOneShowsWhy() {
        try (AssignedEngine engine = AssignedEngine.insteadOf(engine(), ON_CPU, "no device\n was left")) {
            register(engine);
        }

        assertThat(gauge("engine")).isEqualTo("nd4j");
        assertThat(gauge("engineFallback")).isEqualTo(1);
        assertThat(gauge("engineFallbackReason")).isEqualTo("no device was left");
        assertThat(gauge("microBatchSamples")).isEqualTo(4096);
        assertThat(gauge("deviceBytes")).isEqualTo(0L);
    }

    @Test
    void everyMetricIsDescribedInDeploy() throws IOException {
        try (AssignedEngine engine = AssignedEngine.asked(engine(), ON_CPU)) {
            register(engine);
        }
        String described = Files.readString(Path.of("../deploy/METRICS.md"));

        assertThat(gauges.keySet()).allSatisfy(name -> assertThat(described).contains("`" + name + "`"));
        assertThat(counters.keySet()).allSatisfy(name -> assertThat(described).contains("`" + name + "`"));
    }

    private static DelegatingEngine engine() {
        return new DelegatingEngine(SPEC) {};
    }
}
