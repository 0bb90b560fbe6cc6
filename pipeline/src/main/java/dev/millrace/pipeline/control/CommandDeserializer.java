package dev.millrace.pipeline.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the control topic for one model. Other models' commands are passed over; a record that is no command becomes
 * one that says so, unless its key names another model.
 */
final class CommandDeserializer implements KafkaRecordDeserializationSchema<Command> {
    private static final long serialVersionUID = 1L;

    /** Of a command with everything in it there are a few hundred. */
    static final int MAX_BYTES = 16 << 10;

    private static final int MAX_PROBLEM = 500;

    private final String model;
    private transient @Nullable CommandCodec codec;

    CommandDeserializer(String model) {
        this.model = model;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Command> out) {
        Command command = read(record);
        if (command.model().equals(model)) out.collect(command);
    }

    private Command read(ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        try {
            if (value != null && value.length > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "a command must have <= " + MAX_BYTES + " bytes. Received: " + value.length);
            }
            return codec().decode(value);
        } catch (IllegalArgumentException e) {
            byte @Nullable [] key = record.key();
            String of = key == null ? model : new String(key, UTF_8);
            String place = record.topic() + ", partition " + record.partition() + ", offset " + record.offset();
            return Command.malformed(of, record.timestamp(), shorten(place + ": " + e.getMessage()));
        }
    }

    private CommandCodec codec() {
        CommandCodec known = codec;
        if (known == null) {
            known = new CommandCodec();
            codec = known;
        }
        return known;
    }

    private static String shorten(String text) {
        return text.length() <= MAX_PROBLEM ? text : text.substring(0, MAX_PROBLEM) + "...";
    }

    @Override
    public TypeInformation<Command> getProducedType() {
        return CommandSerializer.TYPE;
    }
}
