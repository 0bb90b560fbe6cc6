package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.source.DeadLetter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one ingest task accepts and refuses over a sliding minute and stops the job when the
 * {@link DeadLetterQuota} is exceeded. The count starts empty after a restart. Not thread safe.
 */
final class DeadLetterWindow {

    private static final int BUCKETS = 12;
    private static final long BUCKET_NANOS = DeadLetterQuota.WINDOW_SECONDS * 1_000_000_000L / BUCKETS;
    private final DeadLetterQuota quota;
    private final LongSupplier nanoTime;
    private final long[] accepted = new long[BUCKETS];
    private final Map<String, Refusals> refused = new TreeMap<>();
    private long newest;

    DeadLetterWindow(DeadLetterQuota quota) {
        this(quota, System::nanoTime);
    }

    /** @param nanoTime monotonic clock, nanoseconds */
    DeadLetterWindow(DeadLetterQuota quota, LongSupplier nanoTime) {
        this.quota = quota;
        this.nanoTime = nanoTime;
        this.newest = nanoTime.getAsLong() / BUCKET_NANOS;
    }

    /** So many records became samples. */
    void accepted(long records) {
        advance();
        accepted[slot(newest)] += records;
    }

    /**
     * One record was refused.
     *
     * @throws SuppressRestartsException around a {@link DeadLetterQuotaExceededException} if that was one too many;
     *     Flink does not restart the job after it
     */
    void refused(DeadLetter letter) {
        advance();
        Refusals ofReason = refused.computeIfAbsent(letter.reason(), reason -> new Refusals());
        ofReason.counts[slot(newest)]++;
        ofReason.example = letter;
        long bad = refused.values().stream().mapToLong(Refusals::total).sum();
        long read = bad + Arrays.stream(accepted).sum();
        if (bad > quota.maxPerMinute()) {
            stop(bad, read, String.format(Locale.ROOT, "limit %,d a minute", quota.maxPerMinute()));
        }
        if (read >= quota.minRecords() && bad > quota.maxRatio() * read) {
            stop(bad, read, String.format(Locale.ROOT, "limit %.3g %%", 100 * quota.maxRatio()));
        }
    }

    private void advance() {
        long now = nanoTime.getAsLong() / BUCKET_NANOS;
        for (long bucket = Math.max(newest, now - BUCKETS) + 1; bucket <= now; bucket++) {
            accepted[slot(bucket)] = 0;
            for (Refusals ofReason : refused.values()) {
                ofReason.counts[slot(bucket)] = 0;
            }
        }
        newest = Math.max(newest, now);
    }

    private static int slot(long bucket) {
        return (int) Math.floorMod(bucket, (long) BUCKETS);
    }

    private void stop(long bad, long read, String limit) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%,d of the last %,d records could not become samples (%.3g %%; %s). Top reasons:",
                bad,
                read,
                100.0 * bad / read,
                limit));
        refused.entrySet().stream()
                .filter(e -> e.getValue().total() > 0)
                .sorted(Comparator.comparingLong(
                                (Map.Entry<String, Refusals> e) -> e.getValue().total())
                        .reversed())
                .limit(3)
                .forEach(e -> text.append(e.getValue().describe(e.getKey())));
        text.append("\nThe records are in the dead-letter topic. Repair what produces them, or raise the limit.");
        throw new SuppressRestartsException(new DeadLetterQuotaExceededException(text.toString()));
    }

    /** Refusals for one reason, and the last of them. */
    private static final class Refusals {

        private static final int MAX_DETAIL = 200;

        private final long[] counts = new long[BUCKETS];
        private @Nullable DeadLetter example;

        long total() {
            return Arrays.stream(counts).sum();
        }

        String describe(String reason) {
            String line = String.format(Locale.ROOT, "%n  %-16s %,8d", reason, total());
            return example == null
                    ? line
                    : line + "  last: " + example.topic() + "-" + example.partition() + "@" + example.offset() + ": "
                            + OneLine.of(example.detail(), MAX_DETAIL);
        }
    }
}
