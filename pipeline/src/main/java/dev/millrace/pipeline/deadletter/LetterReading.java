package dev.millrace.pipeline.deadletter;

import java.util.function.BiPredicate;

/**
 * Reads a dead-letter topic to its present end.
 *
 * @param topic of the letters
 * @param progressTopic that says which of them have been replayed
 */
public record LetterReading(String topic, String progressTopic) {

    /** With the progress beside the letters: {@code <topic>.replayed}. */
    public static LetterReading of(String topic) {
        return new LetterReading(topic, topic + ".replayed");
    }

    ReplayProgress progress() {
        return new ReplayProgress(progressTopic);
    }

    /** @throws DeadLetterException if there is no such topic */
    void requireTopic(TopicScan scan) {
        if (scan.partitions(topic) == 0) {
            throw new DeadLetterException("Topic " + topic + " (dead-letter.topic) does not exist.");
        }
    }

    /**
     * Hands the letters over that a filter accepts, those of a partition in its order.
     *
     * @param again whether records that were refused after a replay count as open
     * @param more takes a letter and says whether to go on
     * @param passing called often, also where no letter is accepted for long
     * @return records read that are no letters
     * @throws DeadLetterException if there is no such topic
     */
    long read(
            TopicScan scan, LetterFilter filter, boolean again, BiPredicate<Letter, Standing> more, Runnable passing) {
        requireTopic(scan);
        Standings standings = new Standings(progress().read(scan), again);
        long[] strange = {0};
        scan.read(
                topic,
                filter.since(),
                record -> {
                    Letter letter = Letter.of(record);
                    if (letter == null) strange[0]++;
                    return letter == null || !filter.accepts(letter) || more.test(letter, standings.of(letter));
                },
                passing);
        return strange[0];
    }
}
