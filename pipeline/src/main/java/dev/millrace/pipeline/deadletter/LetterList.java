package dev.millrace.pipeline.deadletter;

import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.preflight.KafkaFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/**
 * What is in a dead-letter topic.
 *
 * @param groups counts, the largest first
 * @param tally of all letters asked for
 * @param newest the newest of them, the newest first
 */
public record LetterList(List<Group> groups, Tally tally, List<Shown> newest) {

    public LetterList {
        groups = List.copyOf(groups);
        newest = List.copyOf(newest);
    }

    /**
     * Letters of one reason from one partition.
     *
     * @param first when the oldest was written, milliseconds since the epoch
     * @param last when the newest was
     */
    public record Group(String reason, String topic, int partition, long letters, long first, long last) {
        private Group and(Group other) {
            return new Group(
                    reason,
                    topic,
                    partition,
                    letters + other.letters,
                    Math.min(first, other.first),
                    Math.max(last, other.last));
        }
    }

    /** A letter and what a replay would do with it. */
    public record Shown(Letter letter, Standing standing) {}

    private record Key(String reason, String topic, int partition) {}

    /**
     * Reads the letters that a filter accepts; changes nothing.
     *
     * @param limit how many of the newest are kept, with their values
     * @param timeout how long the brokers may be silent
     */
    public static LetterList of(
            KafkaConfig kafka, LetterReading reading, LetterFilter filter, int limit, Duration timeout) {
        Map<Key, Group> groups = new HashMap<>();
        Tally tally = new Tally();
        Map<Integer, Deque<Shown>> newest = new HashMap<>(); // of each partition of the letters, whose times ascend
        try (TopicScan scan = new TopicScan(kafka.source(), timeout)) {
            tally.strange(reading.read(
                    scan,
                    filter,
                    false,
                    (letter, standing) -> {
                        tally.count(standing);
                        RecordPosition source = letter.source();
                        groups.merge(
                                new Key(letter.reason(), source.topic(), source.partition()),
                                new Group(
                                        letter.reason(),
                                        source.topic(),
                                        source.partition(),
                                        1,
                                        letter.written(),
                                        letter.written()),
                                Group::and);
                        Deque<Shown> kept =
                                newest.computeIfAbsent(letter.place().partition(), p -> new ArrayDeque<>());
                        kept.addLast(new Shown(letter, standing));
                        if (kept.size() > limit) kept.removeFirst();
                        return true;
                    },
                    () -> {}));
        } catch (KafkaException e) {
            throw new DeadLetterException(
                    "The letters of " + reading.topic() + " at " + kafka.bootstrapServers() + " could not be read: "
                            + KafkaFailure.explain(e) + ".",
                    e);
        }
        return new LetterList(sorted(groups), tally, newest(newest, limit));
    }

    private static List<Group> sorted(Map<Key, Group> groups) {
        return groups.values().stream()
                .sorted(Comparator.comparingLong(Group::letters)
                        .reversed()
                        .thenComparing(Group::reason)
                        .thenComparing(Group::topic)
                        .thenComparingInt(Group::partition))
                .toList();
    }

    private static List<Shown> newest(Map<Integer, Deque<Shown>> byPartition, int limit) {
        List<Shown> all = new ArrayList<>();
        byPartition.values().forEach(all::addAll);
        all.sort(Comparator.comparingLong((Shown shown) -> shown.letter().written())
                .thenComparingLong(shown -> shown.letter().place().offset()));
        Collections.reverse(all);
        return all.subList(0, Math.min(limit, all.size()));
    }
}
