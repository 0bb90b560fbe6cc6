package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.Uids;
import dev.millrace.pipeline.config.BadRecordPolicy;
import dev.millrace.pipeline.config.ChallengerConfig;
import dev.millrace.pipeline.config.DeadLetterConfig;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.config.PublishConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.server.SnapshotRecord;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.pipeline.source.DeadLetter;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/** Station 5: connects what leaves the loop with the places that the configuration names for it. */
public final class Publication {

    /** Records read before the share of dead letters means anything. */
    private static final long MIN_RECORDS = 100;

    private Publication() {}

    /** Attaches the sinks that the configuration asks for. */
    public static void attach(
            DataStream<SnapshotRecord> snapshots,
            DataStream<StepReport> reports,
            DataStream<DeadLetter> deadLetters,
            TrainingConfig config) {
        String model = String.valueOf(config.model().get("name"));
        snapshots(snapshots, config.kafka(), config.publish(), model, config.challenger());
        reports(reports, config.kafka(), config.report().topic());
        deadLetters(deadLetters, config.kafka(), config.deadLetter());
    }

    private static void snapshots(
            DataStream<SnapshotRecord> snapshots,
            KafkaConfig kafka,
            PublishConfig publish,
            String model,
            @Nullable ChallengerConfig challenger) {
        SnapshotTopics topics = SnapshotTopics.of(publish);
        if (topics != null) {
            SnapshotTopicSink.attach(
                    snapshots, kafka.sink(), topics, model, publish.maxPartBytes(), Uids.SNAPSHOT_TOPIC);
        }
        String directory = publish.directory();
        if (directory != null) {
            snapshots
                    .sinkTo(new SnapshotFileSink(directories(model, directory, challenger), publish.retainedVersions()))
                    .uid(Uids.SNAPSHOT_FILES)
                    .name("snapshot files")
                    .setParallelism(1);
        }
    }

    private static Map<String, String> directories(
            String model, String directory, @Nullable ChallengerConfig challenger) {
        String second = challenger == null ? null : challenger.directory();
        return challenger == null || second == null
                ? Map.of(model, directory)
                : Map.of(model, directory, challenger.name(), second);
    }

    private static void reports(DataStream<StepReport> reports, KafkaConfig kafka, @Nullable String topic) {
        if (topic != null) {
            reports.sinkTo(ReportSink.of(kafka.sink(), topic))
                    .uid(Uids.REPORTS)
                    .name("report topic")
                    .setParallelism(1);
        }
    }

    private static void deadLetters(DataStream<DeadLetter> letters, KafkaConfig kafka, DeadLetterConfig config) {
        String topic = config.topic();
        if (config.policy() == BadRecordPolicy.FAIL || topic == null) {
            letters.filter(new RefuseBadRecords())
                    .uid(Uids.DEAD_LETTER_QUOTA)
                    .name("refuse bad records")
                    .setParallelism(letters.getParallelism())
                    .sinkTo(new DiscardingSink<>())
                    .uid(Uids.DEAD_LETTERS)
                    .name("no dead letters")
                    .setParallelism(letters.getParallelism());
            return;
        }
        letters.process(new DeadLetterQuotaCheck(
                        new DeadLetterQuota(config.maxRatio(), config.maxPerMinute(), MIN_RECORDS)))
                .uid(Uids.DEAD_LETTER_QUOTA)
                .name("dead-letter quota")
                .setParallelism(letters.getParallelism())
                .sinkTo(DeadLetterSink.of(kafka.sink(), topic, "decode"))
                .uid(Uids.DEAD_LETTERS)
                .name("dead-letter topic")
                .setParallelism(letters.getParallelism());
    }
}
