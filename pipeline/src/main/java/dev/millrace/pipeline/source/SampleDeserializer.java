package dev.millrace.pipeline.source;

import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.Rejection;
import dev.millrace.schemas.wire.RejectionReason;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Kafka records become samples that fit the model, or dead letters. The sample is one object used again and again: the
 * window behind it copies what it needs before the next record is decoded.
 */
public final class SampleDeserializer implements KafkaRecordDeserializationSchema<Sample> {
    private static final long serialVersionUID = 1L;

    private final SampleReading reading;
    private final SplitIds splits;

    private transient RecordDecoder decoder;
    private transient SampleFit fit;
    private transient DecodedSample decoded;
    private transient Sample sample;
    private transient SourceMetrics metrics;
    private transient @Nullable String lastTopic;
    private transient int lastPartition;
    private transient int lastSplit;

    @SuppressWarnings("NullAway.Init") // Flink calls open before the first record
    public SampleDeserializer(SampleReading reading, SplitIds splits) {
        this.reading = reading;
        this.splits = splits;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        decoder = reading.decoder();
        fit = reading.fit();
        decoded = new DecodedSample();
        sample = new Sample();
        metrics = new SourceMetrics(context.getMetricGroup(), splits);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Sample> out) {
        int split = splitOf(record);
        metrics.read(split);
        byte[] value = record.value();
        Rejection rejection = decoder.decode(value, record.timestamp(), decoded);
        if (rejection == null) rejection = fit.fill(sample, decoded, record.timestamp());
        if (rejection != null) {
            if (rejection.reason() == RejectionReason.TOMBSTONE) {
                metrics.tombstone();
                return;
            }
            metrics.deadLetter(rejection.reason());
            sample.deadLetter = DeadLetters.of(record, rejection, reading.deadLetterMaxBytes());
        } else {
            sample.deadLetter = null;
            sample.split = split;
            sample.offset = record.offset();
        }
        out.collect(sample);
    }

    /** The partition changes rarely from record to record. */
    private int splitOf(ConsumerRecord<byte[], byte[]> record) {
        if (record.partition() != lastPartition || !record.topic().equals(lastTopic)) {
            lastSplit = splits.idOf(record.topic(), record.partition());
            lastTopic = record.topic();
            lastPartition = record.partition();
        }
        return lastSplit;
    }

    @Override
    public TypeInformation<Sample> getProducedType() {
        return SampleSerializer.TYPE;
    }
}
