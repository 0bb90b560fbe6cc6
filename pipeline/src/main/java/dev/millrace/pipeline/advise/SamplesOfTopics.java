package dev.millrace.pipeline.advise;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.preflight.KafkaFailure;
import dev.millrace.pipeline.preflight.NewestRecords;
import dev.millrace.pipeline.source.Sample;
import dev.millrace.pipeline.source.SampleCheck;
import dev.millrace.schemas.wire.Rejection;
import dev.millrace.schemas.wire.RejectionReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/** The newest samples of the topics that a job reads, as it would read them, in the order of the records' time. */
public final class SamplesOfTopics {
    private final ModelSpec spec;
    private final int limit;
    private final SampleCheck check;
    private final List<Row> rows = new ArrayList<>();
    private long bad;
    private String example = "";

    private record Row(long time, float[] features, float[] labels, float weight) {}

    private SamplesOfTopics(TrainingConfig config, ModelSpec spec, int limit) {
        this.spec = spec;
        this.limit = limit;
        this.check = SampleCheck.of(config);
    }

    /**
     * Reads the newest records of every partition.
     *
     * @param limit samples to keep
     * @param timeout of each topic
     * @throws IllegalArgumentException naming topics and brokers if they cannot be read or have too few samples
     */
    public static RecentSamples read(TrainingConfig config, ModelSpec spec, int limit, Duration timeout) {
        NewestRecords records = new NewestRecords(config.kafka().source(), timeout);
        SamplesOfTopics samples = new SamplesOfTopics(config, spec, limit);
        List<String> topics = config.source().topics();
        NewestRows newest = new NewestRows(spec, limit); // refuses what does not fit before anything is read
        for (String topic : topics) {
            try {
                records.read(topic, limit, samples::take);
            } catch (KafkaException e) {
                throw new IllegalArgumentException(
                        "topic " + topic + " at " + config.kafka().bootstrapServers() + " cannot be read: "
                                + KafkaFailure.explain(e),
                        e);
            }
        }
        samples.inOrderOfTime();
        samples.rows.forEach(row -> newest.add(row.features, row.labels, row.weight));
        SampleBatch kept = newest.inOrder();
        String origin = (topics.size() == 1 ? "topic " : "topics ") + String.join(", ", topics);
        return new RecentSamples(origin, kept, newest.added(), samples.bad, samples.example);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        Rejection rejection = check.check(record.value(), record.timestamp());
        if (rejection == null) {
            Sample sample = check.sample();
            float[] features = new float[spec.inputs()];
            float[] labels = new float[spec.labelWidth()];
            System.arraycopy(sample.features, 0, features, 0, features.length);
            System.arraycopy(sample.labels, 0, labels, 0, labels.length);
            rows.add(new Row(record.timestamp(), features, labels, sample.weight));
            if (rows.size() > 2 * limit) forgetOldest();
        } else if (rejection.reason() != RejectionReason.TOMBSTONE) {
            if (bad++ == 0)
                example = record.topic() + "-" + record.partition() + " at " + record.offset() + ": "
                        + rejection.reason() + ", " + rejection.detail();
        }
    }

    private void forgetOldest() {
        inOrderOfTime();
        rows.subList(0, rows.size() - limit).clear();
    }

    private void inOrderOfTime() {
        rows.sort(Comparator.comparingLong(Row::time));
    }
}
