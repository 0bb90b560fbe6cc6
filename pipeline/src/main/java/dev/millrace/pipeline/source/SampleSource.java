package dev.millrace.pipeline.source;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.Uids;
import dev.millrace.pipeline.config.SourceConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Station 1: the sample topics, behind the gate. */
public final class SampleSource {
    private SampleSource() {}

    /** Samples that fit the model, and dead letters among them, by as many readers as there are workers. */
    public static SingleOutputStreamOperator<Sample> of(
            StreamExecutionEnvironment env, TrainingConfig config, ModelSpec spec) {
        SourceConfig source = config.source();
        SampleReading reading = SampleReading.of(config, spec);
        KafkaSourceBuilder<Sample> kafka = KafkaSource.<Sample>builder()
                .setProperties(config.kafka().source())
                .setTopics(source.topics())
                .setGroupId(source.groupId())
                .setStartingOffsets(new FirstOffsets(source.startingOffsets(), source.lostOffsets()))
                .setProperty(
                        "partition.discovery.interval.ms",
                        Long.toString(source.partitionDiscoveryInterval().toMillis()))
                .setDeserializer(new SampleDeserializer(reading, new SplitIds(source.topics())));
        if (source.bounded()) kafka.setBounded(OffsetsInitializer.latest());
        return env.fromSource(
                        new GatedSource<>(
                                kafka.build(),
                                SampleSerializer.TYPE,
                                listed(source.topics()),
                                new OffsetsDiagnosis(config.kafka().source())),
                        WatermarkStrategy.noWatermarks(),
                        "samples",
                        SampleSerializer.TYPE)
                .uid(Uids.SAMPLES)
                .setDescription("labeled samples from " + String.join(", ", source.topics()))
                .setParallelism(config.training().workers());
    }

    static GatedSource.Wanted<KafkaPartitionSplit> listed(List<String> topics) {
        return split -> topics.contains(split.getTopic());
    }
}
