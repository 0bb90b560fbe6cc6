package dev.millrace.model.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Specifications as text. */
final class SpecText {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(SerializationFeature.INDENT_OUTPUT)
            .build();
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private SpecText() {}

    static Map<String, @Nullable Object> parseYaml(String yaml) {
        return parse(YAML, yaml);
    }

    static Map<String, @Nullable Object> parseJson(String json) {
        return parse(JSON, json);
    }

    private static Map<String, @Nullable Object> parse(ObjectMapper mapper, String text) {
        try {
            Map<String, @Nullable Object> tree =
                    mapper.readValue(text, new TypeReference<Map<String, @Nullable Object>>() {});
            if (tree == null) throw new IllegalArgumentException("The model is empty");
            return tree;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The model is not well-formed: " + e.getOriginalMessage(), e);
        }
    }

    static String toJson(Map<String, Object> tree) {
        try {
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of words and numbers can be written", e);
        }
    }
}
