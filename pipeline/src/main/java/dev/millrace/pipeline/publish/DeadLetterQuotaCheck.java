package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.source.DeadLetter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Passes dead letters on while they stay within the {@link DeadLetterQuota}, and stops the job for good when they do
 * not. Belongs behind the side output of the ingest task, with its parallelism.
 *
 * <p>Good records do not come this way, and counting them would cost something for each: how many there were between
 * two letters of a partition is told by their offsets. So the first letter of a partition says nothing of the ratio,
 * gaps in the offsets (transaction markers, compaction) count as good records, and good records count in the minute
 * of the letter that ends them: a stream that turns bad after hours is stopped by its ratio within a minute.
 */
final class DeadLetterQuotaCheck extends ProcessFunction<DeadLetter, DeadLetter> {

    private static final long serialVersionUID = 1L;

    private final DeadLetterQuota quota;
    private transient @Nullable DeadLetterWindow window;
    private transient @Nullable Map<String, Long> offsets;

    DeadLetterQuotaCheck(DeadLetterQuota quota) {
        this.quota = quota;
    }

    @Override
    public void open(OpenContext context) {
        window = new DeadLetterWindow(quota);
        offsets = new HashMap<>();
    }

    @Override
    public void processElement(DeadLetter letter, Context context, Collector<DeadLetter> out) {
        DeadLetterWindow counts = Objects.requireNonNull(window);
        Long before = Objects.requireNonNull(offsets).put(letter.topic() + "-" + letter.partition(), letter.offset());
        if (before != null) {
            counts.accepted(Math.max(0, letter.offset() - before - 1));
            counts.refused(letter);
        }
        out.collect(letter);
    }
}
