package dev.millrace.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.metrics.TaskScope;
import dev.millrace.pipeline.minibatch.LocalLink;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class GatedReaderTest {
    private final List<KafkaPartitionSplit> added = new ArrayList<>();

    @SuppressWarnings("unchecked") // a reader that does nothing but take splits
    private SourceReader<Sample, KafkaPartitionSplit> reader() {
        return (SourceReader<Sample, KafkaPartitionSplit>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SourceReader.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("addSplits")) added.addAll((List<KafkaPartitionSplit>) arguments[0]);
                    return null;
                });
    }

    private static KafkaPartitionSplit split(String topic) {
        return new KafkaPartitionSplit(new TopicPartition(topic, 0), 7);
    }

    @Test
    @SuppressWarnings("try") // close() may be interrupted
    void aTopicThatIsNotListedAnyMoreIsNotReadOnFromACheckpoint() throws Exception {
        LocalLink link = LocalLink.of(new TaskScope("job", "attempt"), 0);
        try (GatedReader<Sample, KafkaPartitionSplit> reader =
                new GatedReader<>(reader(), link, SampleSource.listed(List.of("clicks")), failure -> failure)) {
            reader.addSplits(List.of(split("clicks"), split("bids")));
        }

        assertThat(added).containsExactly(split("clicks"));
    }
}
