package dev.millrace.pipeline.source;

import dev.millrace.schemas.wire.RejectionReason;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/**
 * Counts per topic partition, so that the books balance: read = samples + dead letters + tombstones. Dead letters are
 * counted by reason as well.
 */
final class SourceMetrics {
    private final MetricGroup group;
    private final SplitIds splits;
    private final Map<Integer, PerSplit> perSplit = new HashMap<>();
    private final Map<RejectionReason, Counter> byReason = new HashMap<>();
    private int currentSplit = -1;
    private PerSplit current = new PerSplit(new SimpleCounter(), new SimpleCounter(), new SimpleCounter());

    private record PerSplit(Counter read, Counter deadLetters, Counter tombstones) {}

    SourceMetrics(MetricGroup parent, SplitIds splits) {
        this.group = parent.addGroup("millrace");
        this.splits = splits;
    }

    void read(int split) {
        if (split != currentSplit) {
            current = perSplit.computeIfAbsent(split, this::register);
            currentSplit = split;
        }
        current.read.inc();
    }

    /** Counts a dead letter of the partition read last. */
    void deadLetter(RejectionReason reason) {
        current.deadLetters.inc();
        byReason.computeIfAbsent(reason, r -> group.addGroup("reason", r.name()).counter("deadLettersByReasonTotal"))
                .inc();
    }

    /** Counts a tombstone of the partition read last. */
    void tombstone() {
        current.tombstones.inc();
    }

    private PerSplit register(int split) {
        MetricGroup partition = group.addGroup("topic", splits.topicOf(split))
                .addGroup("partition", Integer.toString(splits.partitionOf(split)));
        return new PerSplit(
                partition.counter("readRecordsTotal"),
                partition.counter("deadLettersTotal"),
                partition.counter("tombstonesTotal"));
    }
}
