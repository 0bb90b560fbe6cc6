package dev.millrace.pipeline.config;

import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.jspecify.annotations.Nullable;

/** Checked values of the options that were set; the others have their defaults. */
final class OptionValues {
    private final Map<String, Object> values;

    /** @param values by key, each of its option's type */
    OptionValues(Map<String, Object> values) {
        this.values = Map.copyOf(values);
    }

    /** The value or the default; null where there is neither. */
    @SuppressWarnings("unchecked") // a setting parsed it
    <T> @Nullable T find(ConfigOption<T> option) {
        Object value = values.get(option.key());
        return value == null ? option.defaultValue() : (T) value;
    }

    /** The value or the default of an option that has a default or is required. */
    <T> T get(ConfigOption<T> option) {
        T value = find(option);
        if (value == null) throw new IllegalStateException(option.key() + " has neither value nor default");
        return value;
    }
}
