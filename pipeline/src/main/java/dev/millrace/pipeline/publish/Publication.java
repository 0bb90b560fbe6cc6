package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.Uids;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.server.SnapshotRecord;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.pipeline.source.DeadLetter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Station 5: connects what leaves the loop with where it is to go. */
public final class Publication {
    private Publication() {}

    /** Attaches the sinks that the configuration asks for. */
    public static void attach(
            DataStream<SnapshotRecord> snapshots,
            DataStream<StepReport> reports,
            DataStream<DeadLetter> deadLetters,
            TrainingConfig config) {
        String deadLetterTopic = config.deadLetter().topic();
        if (deadLetterTopic != null) {
            deadLetters
                    .sinkTo(DeadLetterSink.of(config.kafka().sink(), deadLetterTopic, "source"))
                    .uid(Uids.DEAD_LETTERS)
                    .name("dead letters");
        }
        reports.sinkTo(new DiscardingSink<>()).uid(Uids.REPORTS).setParallelism(1);
        snapshots.sinkTo(new DiscardingSink<>()).uid(Uids.SNAPSHOT_FILES).setParallelism(1);
    }
}
