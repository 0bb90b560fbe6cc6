package dev.millrace.model.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.model.snapshot.SnapshotException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which version each alias of a model means: {@code {"model": "ctr", "revision": 7, "aliases": {"champion": 41, "candidate":
 * 44}}}, as published.
 *
 * @param revision rises with every change
 * @param versions by alias
 */
record Aliases(long revision, Map<String, Long> versions) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    Aliases {
        versions = Map.copyOf(versions);
    }

    /**
     * Reads what is published.
     *
     * @param where it lies, for messages
     * @throws SnapshotException if it is anything else
     */
    static Aliases fromJson(String json, String where) {
        try {
            JsonNode tree = JSON.readTree(json);
            Map<String, Long> versions = new TreeMap<>();
            for (Map.Entry<String, JsonNode> alias : tree.path("aliases").properties()) {
                versions.put(alias.getKey(), number(alias.getValue(), "alias " + alias.getKey(), where));
            }
            return new Aliases(number(tree.path("revision"), "revision", where), versions);
        } catch (JsonProcessingException e) {
            throw new SnapshotException(where + " is not well-formed: " + e.getOriginalMessage(), e);
        }
    }

    private static long number(JsonNode value, String name, String where) {
        if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0) return value.longValue();
        throw new SnapshotException(name + " in " + where + " must be an integer >= 0. Received: " + value);
    }

    /** The version that an alias means; null if it means none yet. */
    @Nullable
    Long version(VersionChoice choice) {
        return versions.get(choice.word());
    }
}
