package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.source.DeadLetter;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/**
 * Writes dead letters to their topic: original key, value and headers byte for byte, and behind them why the record
 * was refused ({@link DeadLetterHeaders}).
 *
 * <p>At least once: the writer waits at every checkpoint barrier until the broker has what was sent before it, and a
 * failed write fails the checkpoint; so no input offset is ever committed past a letter that was not written. A
 * letter may appear twice after a failure, with the same topic, partition and offset in its headers. Exactly once
 * would hide letters until the next checkpoint, and one looks into this topic when something is wrong.
 */
public final class DeadLetterSink {

    private DeadLetterSink() {}

    /**
     * @param kafka producer settings with {@code bootstrap.servers}
     * @param topic that takes the letters
     * @param stage name of the station that refuses, for the header
     */
    public static Sink<DeadLetter> of(Properties kafka, String topic, String stage) {
        return KafkaSink.<DeadLetter>builder()
                .setKafkaProducerConfig(kafka)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new DeadLetterSerializer(topic, stage))
                .build();
    }
}
