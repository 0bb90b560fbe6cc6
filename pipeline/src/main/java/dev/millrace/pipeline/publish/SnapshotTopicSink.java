package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.SnapshotRecord;
import java.util.Properties;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Publishes snapshots to Kafka: all records between two checkpoints, so the parts and the manifest of a version, are
 * one transaction, committed when the checkpoint has completed. A read_committed reader sees all of a version or
 * nothing. Runs with parallelism 1: two writers would be two transactions.
 *
 * <p>The transactional ids begin with {@code millrace-<model topic>-<model>}: the same for every life of a job, so
 * that a new life aborts what the last one left open, and the same for a second job that publishes the same model
 * to the same topic, so that the two fence each other instead of writing versions in turn.
 *
 * <p>A transaction may stay open for 15 minutes, the most a broker allows by default, from the first record to the
 * commit; a restore that takes longer loses the snapshot (whole, never a part of it), and the next one replaces it.
 */
public final class SnapshotTopicSink {

    private static final String TRANSACTION_TIMEOUT_MILLIS = "900000";
    private static final int KAFKA_REQUEST_BYTES = 1 << 20;
    /** Key, schema, checksums and protocol around a part; also the manifest fits in a request by this much. */
    private static final int OVERHEAD_BYTES = 64 << 10;

    private SnapshotTopicSink() {}

    /**
     * @param kafka producer settings with {@code bootstrap.servers}
     * @param maxPartBytes largest part, bytes; the topic's {@code max.message.bytes} must be larger
     * @param uid of the sink; the operator before it, which has no state, is called after it
     */
    public static DataStreamSink<OutgoingRecord> attach(
            DataStream<SnapshotRecord> snapshots,
            Properties kafka,
            SnapshotTopics topics,
            String model,
            int maxPartBytes,
            String uid) {
        return snapshots
                .flatMap(new SnapshotEncoder(topics))
                .returns(TypeInformation.of(OutgoingRecord.class))
                .uid(uid + "-records")
                .name("encode snapshots")
                .setParallelism(1)
                .sinkTo(sink(kafka, topics, model, maxPartBytes))
                .uid(uid)
                .name("snapshot topic")
                .setParallelism(1);
    }

    private static KafkaSink<OutgoingRecord> sink(
            Properties kafka, SnapshotTopics topics, String model, int maxPartBytes) {
        Properties properties = new Properties();
        properties.setProperty(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
        properties.setProperty(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Integer.toString(Math.max(KAFKA_REQUEST_BYTES, maxPartBytes + OVERHEAD_BYTES)));
        properties.putAll(kafka);
        return KafkaSink.<OutgoingRecord>builder()
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix("millrace-" + topics.models() + "-" + model)
                .setRecordSerializer(new OutgoingSerializer())
                .build();
    }
}
