package dev.millrace.pipeline.source;

import dev.millrace.pipeline.config.LostOffsets;
import dev.millrace.pipeline.config.StartingOffsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Where partitions are read from at first. The connector's own initializers also decide what becomes of an offset that
 * is out of range later, so that "latest" would pass over all that is there; here that is another choice.
 *
 * @param lost what becomes of an offset that is out of range
 */
@SuppressWarnings("deprecation") // the connector still takes Kafka's old type
record FirstOffsets(StartingOffsets start, LostOffsets lost) implements OffsetsInitializer {

    /**
     * {@inheritDoc}
     *
     * <p>The end is a number: the word stays in the checkpoints until a record was read, and a restore would pass over
     * what came meanwhile. The beginning is the word: a number may be gone before it is read.
     */
    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        if (start == StartingOffsets.LATEST) return retriever.endOffsets(partitions);
        Map<TopicPartition, Long> offsets =
                new HashMap<>(OffsetsInitializer.earliest().getPartitionOffsets(partitions, retriever));
        if (start == StartingOffsets.COMMITTED) offsets.putAll(retriever.committedOffsets(partitions));
        return offsets;
    }

    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return switch (lost) {
            case FAIL -> OffsetResetStrategy.NONE;
            case EARLIEST -> OffsetResetStrategy.EARLIEST;
            case LATEST -> OffsetResetStrategy.LATEST;
        };
    }
}
