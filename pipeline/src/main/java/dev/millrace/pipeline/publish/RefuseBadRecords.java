package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.source.DeadLetter;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Stops the job for good at the first record that cannot become a sample: the policy {@code fail}. */
final class RefuseBadRecords implements FilterFunction<DeadLetter> {

    private static final long serialVersionUID = 1L;
    private static final int MAX_DETAIL = 500;

    @Override
    public boolean filter(DeadLetter letter) {
        throw new SuppressRestartsException(
                new BadRecordException(letter.topic() + "-" + letter.partition() + " offset "
                        + letter.offset() + " cannot become a sample: " + letter.reason() + ", "
                        + OneLine.of(letter.detail(), MAX_DETAIL)
                        + ". Set dead-letter.policy: dead-letter and a dead-letter.topic to go on past such records."));
    }
}
