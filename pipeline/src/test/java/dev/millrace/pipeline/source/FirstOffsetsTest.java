package dev.millrace.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.config.LostOffsets;
import dev.millrace.pipeline.config.StartingOffsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer.PartitionOffsetsRetriever;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("deprecation") // the connector still takes Kafka's old type
class FirstOffsetsTest {
    private static final TopicPartition FIRST = new TopicPartition("clicks", 0);
    private static final TopicPartition SECOND = new TopicPartition("clicks", 1);

    /** Both hold 5..8; the group has committed 7 of the first. */
    private static final class Topic implements PartitionOffsetsRetriever {
        @Override
        public Map<TopicPartition, Long> committedOffsets(Collection<TopicPartition> partitions) {
            return Map.of(FIRST, 7L);
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            return Map.of(FIRST, 9L, SECOND, 9L);
        }

        @Override
        public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
            return Map.of(FIRST, 5L, SECOND, 5L);
        }

        @Override
        public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            return Map.of();
        }
    }

    private static Map<TopicPartition, Long> offsets(StartingOffsets start) {
        return new FirstOffsets(start, LostOffsets.FAIL).getPartitionOffsets(List.of(FIRST, SECOND), new Topic());
    }

    @Test
    void theEndIsANumberThatACheckpointKeeps() {
        assertThat(offsets(StartingOffsets.LATEST)).isEqualTo(Map.of(FIRST, 9L, SECOND, 9L));
    }

    @Test
    void whatTheGroupHasNotCommittedIsReadFromTheBeginning() {
        long beginning = KafkaPartitionSplit.EARLIEST_OFFSET;

        assertThat(offsets(StartingOffsets.COMMITTED)).isEqualTo(Map.of(FIRST, 7L, SECOND, beginning));
        assertThat(offsets(StartingOffsets.EARLIEST)).isEqualTo(Map.of(FIRST, beginning, SECOND, beginning));
    }

    @ParameterizedTest
    @EnumSource(StartingOffsets.class)
    void whereverAJobBeganItFailsOnOffsetsOutOfRangeUnlessToldOtherwise(StartingOffsets start) {
        assertThat(new FirstOffsets(start, LostOffsets.FAIL).getAutoOffsetResetStrategy())
                .isEqualTo(OffsetResetStrategy.NONE);
        assertThat(new FirstOffsets(start, LostOffsets.EARLIEST).getAutoOffsetResetStrategy())
                .isEqualTo(OffsetResetStrategy.EARLIEST);
        assertThat(new FirstOffsets(start, LostOffsets.LATEST).getAutoOffsetResetStrategy())
                .isEqualTo(OffsetResetStrategy.LATEST);
    }
}
