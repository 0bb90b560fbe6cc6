package dev.millrace.pipeline.minibatch;

import dev.millrace.pipeline.source.DeadLetter;
import dev.millrace.pipeline.source.Sample;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Gives each sample its mini-batch: (batchId, batchSize, position), and a key that belongs to this very subtask, so
 * that the window behind it needs no shuffle. The batch size of a mini-batch is fixed when it begins; one that already
 * holds what a smaller size asks for is closed early. Dead letters leave here by the side output.
 */
public final class BatchStamper extends ProcessFunction<Sample, Sample> implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;

    /** A batch id is a sequence number above, the subtask below. */
    private static final int SUBTASK_BITS = 10;

    private static final int RESTORE_SHIFT = 30;

    private final int initialGlobalBatch;
    private final OutputTag<DeadLetter> deadLetters;

    private transient LocalLink link;
    private transient ListState<long[]> state; // {subtask, parallelism, sequence, position, size}
    private int subtask;
    private int parallelism;
    private int key;
    private long sequence;
    private int position;
    private int size;

    /** @param initialGlobalBatch global batch size until the parameter server has spoken */
    @SuppressWarnings("NullAway.Init") // Flink calls initializeState before the first element
    public BatchStamper(int initialGlobalBatch, OutputTag<DeadLetter> deadLetters) {
        this.initialGlobalBatch = initialGlobalBatch;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        if (parallelism > 1 << SUBTASK_BITS) {
            throw new IllegalArgumentException(
                    "training.workers must be <= " + (1 << SUBTASK_BITS) + ". Received: " + parallelism);
        }
        int maxParallelism = getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
        key = 0;
        while (KeyGroupRangeAssignment.assignKeyToParallelOperator(key, maxParallelism, parallelism) != subtask) key++;

        // Plain list state: union state in the ingest chain breaks checkpoints once a source subtask has finished.
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("stamper", LongPrimitiveArraySerializer.INSTANCE));
        long restored = context.getRestoredCheckpointId().orElse(-1L);
        sequence = (restored + 1) << RESTORE_SHIFT; // beyond whatever another subtask may have used
        size = shareOf(initialGlobalBatch, subtask, parallelism);
        long[] mine = mine(state.get());
        if (mine != null) {
            sequence = mine[2];
            position = (int) mine[3];
            size = (int) mine[4];
        }
    }

    private long @Nullable [] mine(Iterable<long[]> restored) {
        for (long[] element : restored) {
            if (element[0] == subtask && element[1] == parallelism) return element;
        }
        return null;
    }

    @Override
    @SuppressWarnings("NullAway.Init") // the state is set by initializeState
    public void open(OpenContext context) {
        link = LocalLinks.of(getRuntimeContext());
        if (position > 0) link.fills(batchId());
        else link.fillsNone();
    }

    @Override
    public void processElement(Sample sample, Context context, Collector<Sample> out) {
        DeadLetter letter = sample.deadLetter;
        if (letter != null) {
            context.output(deadLetters, letter);
            return;
        }
        if (position > 0 && !link.isFilling(batchId())) position = 0; // it was closed by its age
        int heard = link.batchSize();
        if (position == 0) {
            sequence++;
            link.fills(batchId());
            if (heard > 0) size = heard;
        }
        boolean full = position + 1 >= size;
        boolean early = heard > 0 && position + 1 >= heard; // the batch fell back while this one was filling
        sample.key = key;
        sample.batchId = batchId();
        sample.batchSize = size;
        sample.position = position;
        sample.closes = full || early;
        position = sample.closes ? 0 : position + 1;
        out.collect(sample);
    }

    private long batchId() {
        return sequence << SUBTASK_BITS | subtask;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        int open = link.isFilling(batchId()) ? position : 0;
        state.update(List.of(new long[] {subtask, parallelism, sequence, open, size}));
    }

    /** Part of the global batch that worker {@code index} of {@code workers} contributes; the parts add up to it, but each is >= 1. */
    public static int shareOf(int globalBatch, int index, int workers) {
        int share = globalBatch / workers + (index < globalBatch % workers ? 1 : 0);
        return Math.max(1, share);
    }
}
