package dev.millrace.pipeline.deadletter;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** How many letters stood how, and where their records went. */
public final class Tally {
    private final Map<Standing, Long> standings = new EnumMap<>(Standing.class);
    private final Map<String, Long> targets = new TreeMap<>();
    private long strange;

    /** Counts a letter. */
    public void count(Standing standing) {
        standings.merge(standing, 1L, Long::sum);
    }

    void sent(String topic) {
        targets.merge(topic, 1L, Long::sum);
    }

    /** Counts records of the topic that are no letters. */
    public void strange(long records) {
        strange += records;
    }

    /** Letters of a standing. */
    public long of(Standing standing) {
        return standings.getOrDefault(standing, 0L);
    }

    /** Letters of any standing. */
    public long letters() {
        return standings.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Records of the topic that are no letters. */
    public long strange() {
        return strange;
    }

    /** Records sent, or that would have been, by topic. */
    public Map<String, Long> targets() {
        return Collections.unmodifiableMap(targets);
    }
}
