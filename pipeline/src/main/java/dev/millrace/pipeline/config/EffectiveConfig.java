package dev.millrace.pipeline.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes the configuration in effect as flat YAML that can be loaded again, and that tells no secret. */
final class EffectiveConfig {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./,:-]*[A-Za-z0-9_/-]|[A-Za-z]");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private EffectiveConfig() {}

    /**
     * @param values of the options
     * @param keys as given, references not yet resolved
     */
    static String render(OptionValues values, Map<String, @Nullable Object> keys) {
        StringBuilder text = new StringBuilder();
        for (Setting<?> setting : TrainingOptions.all()) {
            if (setting.option().equals(TrainingOptions.MODEL_FILE)) continue; // its content follows
            String value = setting.write(values);
            if (value == null) continue;
            Object given = keys.get(setting.key());
            boolean reference = given instanceof String s && References.isPresentIn(s);
            append(text, setting.key(), scalar(reference ? String.valueOf(given) : value, setting.type()));
        }
        new TreeMap<>(keys).forEach((key, value) -> {
            if (isHandedOn(key)) append(text, key, json(shown(key, value)));
        });
        return text.toString();
    }

    private static boolean isHandedOn(String key) {
        return TrainingOptions.all().stream().noneMatch(setting -> setting.key().equals(key));
    }

    /** A reference says no secret, text with a reference in it may. */
    private static @Nullable Object shown(String key, @Nullable Object value) {
        if (!SecretKeys.matches(key) || value == null || References.isAll(value.toString())) return value;
        return SecretKeys.HIDDEN;
    }

    private static String scalar(String value, ValueType<?> type) {
        boolean free = type.equals(ValueType.TEXT) || type.equals(ValueType.NAMES);
        return free && !PLAIN.matcher(value).matches() ? json(value) : value;
    }

    private static String json(@Nullable Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what YAML gave can be written as JSON", e);
        }
    }

    private static void append(StringBuilder text, String key, String value) {
        text.append(key).append(": ").append(value).append('\n');
    }
}
