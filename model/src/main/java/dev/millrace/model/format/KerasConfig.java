package dev.millrace.model.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.model.snapshot.SnapshotException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a Keras model says of its layers: {@code config.json}, or the attribute {@code model_config}. */
final class KerasConfig {
    private final Map<String, String> kinds = new HashMap<>();

    /** @throws SnapshotException naming a layer whose tensors mean something else than they would here */
    KerasConfig(String json) {
        for (JsonNode layer : Json.read("the model's configuration", json).at("/config/layers")) {
            JsonNode config = layer.path("config");
            String kind = snakeCase(layer.path("class_name").asText());
            String name = config.path("name").asText(layer.path("name").asText());
            check(name, config, "data_format", "channels_last");
            if (kind.equals("lstm")) {
                check(name, config, "activation", "tanh");
                check(name, config, "recurrent_activation", "sigmoid");
                if (config.path("go_backwards").asBoolean()) {
                    throw new SnapshotException("layer " + name + " of the file goes backwards; none does here");
                }
            }
            kinds.put(name, kind);
        }
    }

    private static void check(String name, JsonNode config, String key, String only) {
        JsonNode value = config.path(key);
        if (!value.isTextual() || value.asText().equals(only)) return;
        throw new SnapshotException(
                "layer " + name + " of the file must have " + key + " " + only + ". Received: " + value.asText());
    }

    /** Keras' own rule: {@code DepthwiseConv2D} becomes {@code depthwise_conv2d}, {@code LSTM} lstm. */
    static String snakeCase(String name) {
        return name.replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    /** The kind of a layer; null if it is not the model's. */
    @Nullable
    String kind(String layer) {
        return kinds.get(layer);
    }
}
