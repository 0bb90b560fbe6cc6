package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.runtime.operators.sink.CommitterOperatorFactory;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** One life of the file sink: its writer and its committer as Flink runs them, from a start or restore to its end. */
final class FileSinkLife implements AutoCloseable {

    /** What a checkpoint holds of the sink. */
    record State(OperatorSubtaskState writer, OperatorSubtaskState committer) {}

    private final OneInputStreamOperatorTestHarness<SnapshotRecord, CommittableMessage<StagedSnapshot>> writer;
    private final OneInputStreamOperatorTestHarness<
                    CommittableMessage<StagedSnapshot>, CommittableMessage<StagedSnapshot>>
            committer;

    private FileSinkLife(SnapshotFileSink sink, @Nullable State restored) throws Exception {
        writer = new OneInputStreamOperatorTestHarness<>(new SinkWriterOperatorFactory<>(sink));
        committer = new OneInputStreamOperatorTestHarness<>(new CommitterOperatorFactory<>(sink, false, true));
        // The order of a Flink task: the operators further down come first.
        committer.setup();
        if (restored != null) {
            committer.setRestoredCheckpointId(1L);
            committer.initializeState(restored.committer());
        }
        committer.open();
        writer.setup();
        if (restored != null) {
            writer.setRestoredCheckpointId(1L);
            writer.initializeState(restored.writer());
        }
        writer.open();
    }

    static FileSinkLife fresh(SnapshotFileSink sink) throws Exception {
        return new FileSinkLife(sink, null);
    }

    static FileSinkLife restored(SnapshotFileSink sink, State state) throws Exception {
        return new FileSinkLife(sink, state);
    }

    void write(SnapshotRecord... records) throws Exception {
        for (SnapshotRecord record : records) {
            writer.processElement(new StreamRecord<>(record));
        }
    }

    /** The barrier passes; nothing is committed yet. */
    State barrier(long checkpoint) throws Exception {
        writer.prepareSnapshotPreBarrier(checkpoint);
        OperatorSubtaskState ofWriter = writer.snapshot(checkpoint, checkpoint);
        List<CommittableMessage<StagedSnapshot>> messages = new ArrayList<>(writer.extractOutputValues());
        writer.getOutput().clear();
        for (CommittableMessage<StagedSnapshot> message : messages) {
            committer.processElement(new StreamRecord<>(message));
        }
        return new State(ofWriter, committer.snapshot(checkpoint, checkpoint));
    }

    /** The checkpoint has completed everywhere. */
    void complete(long checkpoint) throws Exception {
        committer.notifyOfCompletedCheckpoint(checkpoint);
    }

    void publish(long checkpoint, SnapshotRecord... records) throws Exception {
        write(records);
        barrier(checkpoint);
        complete(checkpoint);
    }

    @Override
    public void close() throws IOException {
        try {
            writer.close();
            committer.close();
        } catch (Exception e) {
            throw new IOException("The sink did not close", e);
        }
    }
}
