package dev.millrace.pipeline.source;

import java.io.Serializable;
import java.util.List;

/** Numbers topic partitions with one int each, so that mini-batches can name their origin without strings. */
public final class SplitIds implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int PARTITION_BITS = 20;

    private final List<String> topics;

    /** @param topics in the order of the configuration */
    public SplitIds(List<String> topics) {
        this.topics = List.copyOf(topics);
    }

    /** @throws IllegalArgumentException if the topic is not one of ours or the partition is 2^20 or more */
    public int idOf(String topic, int partition) {
        int index = topics.indexOf(topic);
        if (index < 0 || partition >>> PARTITION_BITS != 0) {
            throw new IllegalArgumentException("topic must be one of " + topics + " and partition in 0.."
                    + ((1 << PARTITION_BITS) - 1) + ". Received: " + topic + "-" + partition);
        }
        return index << PARTITION_BITS | partition;
    }

    public String topicOf(int id) {
        return topics.get(id >>> PARTITION_BITS);
    }

    public int partitionOf(int id) {
        return id & ((1 << PARTITION_BITS) - 1);
    }

    /** For people: {@code topic-partition}; a topic that is not listed any more by its place. */
    public String nameOf(int id) {
        int index = id >>> PARTITION_BITS;
        return (index < topics.size() ? topics.get(index) : "topic" + index) + "-" + partitionOf(id);
    }
}
