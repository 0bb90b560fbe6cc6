package dev.millrace.pipeline.server;

import dev.millrace.pipeline.gradient.ParameterBlock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/** Sends the latest parameters block by block; a set once begun is sent whole, so that workers always complete one. */
final class FeedbackReader implements SourceReader<ParameterBlock, FeedbackSource.NoSplit> {
    private final ParameterChannel channel;
    private boolean begun;
    private @Nullable ParameterSet sending;
    private int next;

    FeedbackReader(ParameterChannel channel) {
        this.channel = channel;
        channel.open();
    }

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<ParameterBlock> output) {
        if (!begun) {
            begun = true;
            output.emitWatermark(
                    Watermark.MAX_WATERMARK); // parameters have no event time and must not hold back samples'
        }
        ParameterSet set = sending;
        if (set == null) {
            set = channel.take();
            if (set == null) return channel.isEnded() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
            sending = set;
            next = 0;
        }
        output.collect(set.block(next++));
        if (next == set.blocks()) {
            sending = null;
            channel.giveBack(set);
        }
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return sending != null ? CompletableFuture.completedFuture(null) : channel.available();
    }

    @Override
    public List<FeedbackSource.NoSplit> snapshotState(long checkpointId) {
        return List.of();
    }

    @Override
    public void addSplits(List<FeedbackSource.NoSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
}
