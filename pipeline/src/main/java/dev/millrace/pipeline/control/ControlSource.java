package dev.millrace.pipeline.control;

import dev.millrace.pipeline.Uids;
import dev.millrace.pipeline.config.KafkaConfig;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The control topic. A job that begins reads from its end; one that is restored, from where the checkpoint was. */
public final class ControlSource {
    private ControlSource() {}

    /**
     * Commands for one model.
     *
     * @param discovery how often new partitions are looked for
     */
    public static DataStream<Command> of(
            StreamExecutionEnvironment env, KafkaConfig kafka, String topic, String model, Duration discovery) {
        KafkaSource<Command> source = KafkaSource.<Command>builder()
                .setProperties(kafka.source())
                .setTopics(topic)
                .setStartingOffsets(new PresentEnd())
                .setProperty("partition.discovery.interval.ms", Long.toString(discovery.toMillis()))
                .setDeserializer(new CommandDeserializer(model))
                .build();
        return env.fromSource(source, WatermarkStrategy.noWatermarks(), "control", CommandSerializer.TYPE)
                .uid(Uids.CONTROL)
                .setDescription("commands from " + topic)
                .setParallelism(1);
    }
}
