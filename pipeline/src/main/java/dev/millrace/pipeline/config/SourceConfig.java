package dev.millrace.pipeline.config;

import dev.millrace.schemas.wire.WireFormat;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where samples come from.
 *
 * @param schemaDirectory further writer schemas; null for those shipped alone
 * @param registry of writer schemas; null for none
 * @param bounded whether the job ends at the present end of the topics
 */
public record SourceConfig(
        List<String> topics,
        String groupId,
        StartingOffsets startingOffsets,
        LostOffsets lostOffsets,
        WireFormat wireFormat,
        @Nullable String schemaDirectory,
        @Nullable RegistryConfig registry,
        Duration partitionDiscoveryInterval,
        boolean bounded)
        implements Serializable {

    static SourceConfig of(OptionValues values, String model) {
        String group = values.find(TrainingOptions.SOURCE_GROUP_ID);
        return new SourceConfig(
                List.copyOf(values.get(TrainingOptions.SOURCE_TOPICS)),
                group == null ? "millrace-" + model : group,
                values.get(TrainingOptions.SOURCE_STARTING_OFFSETS),
                values.get(TrainingOptions.SOURCE_OFFSETS_OUT_OF_RANGE),
                values.get(TrainingOptions.SOURCE_WIRE_FORMAT),
                values.find(TrainingOptions.SOURCE_SCHEMA_DIRECTORY),
                RegistryConfig.of(values),
                values.get(TrainingOptions.SOURCE_PARTITION_DISCOVERY_INTERVAL),
                values.get(TrainingOptions.SOURCE_BOUNDED));
    }
}
