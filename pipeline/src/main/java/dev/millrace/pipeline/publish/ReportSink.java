package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.server.StepReport;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes reports to their topic, keyed by model. At least once: a report is for watching, so it should be seen when it
 * is made and not at the next checkpoint; one that appears twice or belongs to a step that a failure took back is
 * told by its version, step and incarnation.
 */
public final class ReportSink {

    private ReportSink() {}

    /** @param kafka producer settings with {@code bootstrap.servers} */
    public static Sink<StepReport> of(Properties kafka, String topic) {
        return KafkaSink.<StepReport>builder()
                .setKafkaProducerConfig(kafka)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new Serializer(topic))
                .build();
    }

    private static final class Serializer implements KafkaRecordSerializationSchema<StepReport> {

        private static final long serialVersionUID = 1L;

        private final String topic;
        private transient @Nullable ReportCodec codec;

        Serializer(String topic) {
            this.topic = topic;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                StepReport report, KafkaSinkContext context, @Nullable Long timestamp) {
            ReportCodec encoder = codec;
            if (encoder == null) {
                encoder = new ReportCodec();
                codec = encoder;
            }
            return new ProducerRecord<>(topic, report.model().getBytes(UTF_8), encoder.encode(report));
        }
    }
}
