package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.gate.Reason;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

/** Decisions as Flink's metrics show them. */
class GateMetricsTest {
    private final Map<String, Counter> counters = new TreeMap<>();
    private final Map<String, Gauge<?>> gauges = new TreeMap<>();
    private final ServerMetrics metrics = ServerMetrics.of(new Recorded(""));

    /** Keeps what is registered, by its path. */
    private final class Recorded extends UnregisteredMetricsGroup {
        private final String path;

        Recorded(String path) {
            this.path = path;
        }

        @Override
        public MetricGroup addGroup(String name) {
            return new Recorded(path + name + ".");
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return new Recorded(path + key + "=" + value + ".");
        }

        @Override
        public <C extends Counter> C counter(String name, C counter) {
            counters.put(path + name, counter);
            return counter;
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            gauges.put(path + name, gauge);
            return gauge;
        }
    }

    private static StepReport report(AliasReport aliases) {
        return ReportFixture.binary("ctr", List.of(), aliases);
    }

    private static GateOutcome outcome(Reason reason) {
        return new GateOutcome(7, reason.outcome().word(), reason.word(), "");
    }

    private Object gauge(String name) {
        return Objects.requireNonNull(gauges.get("millrace." + name), name).getValue();
    }

    @Test
    void everyDecisionCountsUnderItsOutcomeAndReason() {
        List<GateOutcome> each =
                List.of(Reason.values()).stream().map(GateMetricsTest::outcome).toList();
        metrics.reported(report(new AliasReport(41L, 44L, true, 7, each, List.of())));
        List<GateOutcome> worse = List.of(outcome(Reason.WORSE), outcome(Reason.WORSE));
        metrics.reported(report(new AliasReport(41L, 45L, true, 8, worse, List.of())));

        for (Reason reason : Reason.values()) {
            String name =
                    "millrace.outcome=" + reason.outcome().word() + ".reason=" + reason.word() + ".gateDecisionsTotal";
            assertThat(counters).containsKey(name);
            assertThat(Objects.requireNonNull(counters.get(name)).getCount())
                    .as(name)
                    .isEqualTo(reason == Reason.WORSE ? 3 : 1);
        }
    }

    @Test
    void championAndCandidateAreGauges() {
        metrics.reported(report(AliasReport.NONE));
        assertThat(gauge("championVersion")).isEqualTo(Double.NaN);

        metrics.reported(report(new AliasReport(41L, 44L, true, 7, List.of(), List.of())));
        assertThat(gauge("championVersion")).isEqualTo(41.0);
        assertThat(gauge("candidateVersion")).isEqualTo(44.0);
        assertThat(gauge("championPinned")).isEqualTo(1.0);
        assertThat(gauge("aliasRevision")).isEqualTo(7.0);
    }
}
