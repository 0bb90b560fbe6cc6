package dev.millrace.pipeline.config;

import java.io.Serializable;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * How to reach Kafka.
 *
 * @param properties for every client
 * @param sourceProperties for consumers, over {@code properties}
 * @param sinkProperties for producers, over {@code properties}
 */
public record KafkaConfig(
        String bootstrapServers,
        Map<String, String> properties,
        Map<String, String> sourceProperties,
        Map<String, String> sinkProperties)
        implements Serializable {

    public KafkaConfig {
        properties = Map.copyOf(properties);
        sourceProperties = Map.copyOf(sourceProperties);
        sinkProperties = Map.copyOf(sinkProperties);
    }

    /** A cluster that asks for no credentials. */
    public static KafkaConfig at(String bootstrapServers) {
        return new KafkaConfig(bootstrapServers, Map.of(), Map.of(), Map.of());
    }

    /** What a consumer needs. */
    public Properties source() {
        Properties source = merged(sourceProperties);
        // Samples of an aborted transaction were never written.
        source.putIfAbsent("isolation.level", "read_committed");
        return source;
    }

    /** What a producer needs. */
    public Properties sink() {
        return merged(sinkProperties);
    }

    /** What an admin client needs. */
    public Properties admin() {
        return merged(Map.of());
    }

    private Properties merged(Map<String, String> over) {
        Properties merged = new Properties();
        merged.putAll(properties);
        merged.putAll(over);
        merged.put("bootstrap.servers", bootstrapServers);
        return merged;
    }

    /** Without the values of secrets. */
    @Override
    public String toString() {
        return "KafkaConfig[" + bootstrapServers + ", properties=" + shown(properties) + ", source="
                + shown(sourceProperties) + ", sink=" + shown(sinkProperties) + "]";
    }

    private static Map<String, String> shown(Map<String, String> properties) {
        Map<String, String> shown = new TreeMap<>(properties);
        shown.replaceAll((key, value) -> SecretKeys.matches(key) ? SecretKeys.HIDDEN : value);
        return shown;
    }
}
