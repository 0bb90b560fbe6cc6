package dev.millrace.pipeline.server;

import dev.millrace.model.gate.ChallengeReason;
import dev.millrace.model.gate.Verdict;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/** What is shown of a challenger beside what is shown of every model. */
final class ChallengerMetrics {
    private final Map<ChallengeReason, Counter> verdicts = new EnumMap<>(ChallengeReason.class);
    private volatile double improvement = Double.NaN;
    private volatile int inARow;
    private volatile long swaps;

    /** @param group the challenger's */
    ChallengerMetrics(MetricGroup group) {
        group.gauge("improvement", (Gauge<Double>) () -> improvement);
        group.gauge("betterInARow", (Gauge<Integer>) () -> inARow);
        group.gauge("roleChangesTotal", (Gauge<Long>) () -> swaps);
        for (ChallengeReason reason : ChallengeReason.values()) {
            Counter counter =
                    group.addGroup("reason", reason.word()).counter("verdictsTotal", new ThreadSafeSimpleCounter());
            verdicts.put(reason, counter);
        }
    }

    void judged(Verdict verdict) {
        Objects.requireNonNull(verdicts.get(verdict.reason())).inc();
        improvement = verdict.improvement();
        inARow = verdict.inARow();
    }

    void swapped(long times) {
        swaps = times;
    }
}
