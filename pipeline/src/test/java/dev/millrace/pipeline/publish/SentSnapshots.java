package dev.millrace.pipeline.publish;

import dev.millrace.model.client.kafka.SnapshotKeys;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Versions of a model with three inputs on topics, as the sink of a job writes them, but without a job. */
public final class SentSnapshots implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final SnapshotTopics topics;

    public SentSnapshots(String bootstrapServers, SnapshotTopics topics) {
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
        this.topics = topics;
    }

    /** @param weight of the first input; those of the others are 2 and 3, and 4 is added */
    public void send(String model, long version, int weight) {
        for (SnapshotRecord record : TestSnapshots.records(model, version, weight)) {
            if (record.manifest().isEmpty()) {
                send(topics.part(record, SnapshotKeys.partFraming()));
            } else {
                send(topics.manifest(record, SnapshotKeys.manifestFraming()));
                send(topics.newest(record, SnapshotKeys.manifestFraming()));
            }
        }
        producer.flush();
    }

    private void send(OutgoingRecord record) {
        Future<RecordMetadata> unused =
                producer.send(new ProducerRecord<>(record.topic(), record.key(), record.value()));
    }

    @Override
    public void close() {
        producer.close();
    }
}
