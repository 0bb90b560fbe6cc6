package dev.millrace.pipeline.source;

import dev.millrace.pipeline.minibatch.LocalLink;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A reader that pauses while the {@link LocalLink} of its slot holds. */
@SuppressWarnings("try") // close() may be interrupted, as that of any reader
final class GatedReader<T, S extends SourceSplit> implements SourceReader<T, S> {
    private static final Logger LOG = LoggerFactory.getLogger(GatedReader.class);

    private final SourceReader<T, S> reader;
    private final LocalLink link;
    private final Predicate<S> wanted;
    private final Diagnosis diagnosis;

    GatedReader(SourceReader<T, S> reader, LocalLink link, Predicate<S> wanted, Diagnosis diagnosis) {
        this.reader = reader;
        this.link = link;
        this.wanted = wanted;
        this.diagnosis = diagnosis;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        if (link.holds()) return InputStatus.NOTHING_AVAILABLE;
        try {
            return reader.pollNext(output);
        } catch (RuntimeException e) {
            throw diagnosis.of(e);
        }
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return link.holds() ? link.gate() : reader.isAvailable();
    }

    @Override
    public void start() {
        reader.start();
    }

    @Override
    public List<S> snapshotState(long checkpointId) {
        return reader.snapshotState(checkpointId);
    }

    @Override
    public void addSplits(List<S> splits) {
        List<S> read = splits.stream().filter(wanted).toList();
        if (read.size() < splits.size()) {
            LOG.warn(
                    "Not read any more: {}",
                    splits.stream().filter(wanted.negate()).map(S::splitId).toList());
        }
        reader.addSplits(read);
    }

    @Override
    public void notifyNoMoreSplits() {
        reader.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        reader.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        reader.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        reader.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
        reader.pauseOrResumeSplits(toPause, toResume);
    }

    @Override
    public void close() throws Exception {
        reader.close();
    }
}
