package dev.millrace.pipeline.config;

import org.apache.flink.configuration.ConfigOption;
import org.jspecify.annotations.Nullable;

/**
 * One option as declared in {@link TrainingOptions}.
 *
 * @param constraint what its value must be beyond its type; null for nothing
 * @param description what it does, in one or two sentences
 * @param required whether a configuration without it is refused
 */
public record Setting<T>(
        ConfigOption<T> option,
        ValueType<T> type,
        @Nullable Constraint<T> constraint,
        String description,
        boolean required) {

    public String key() {
        return option.key();
    }

    /** What a value must be: type and constraint. */
    public String expected() {
        return constraint == null ? type.text() : type.text() + " " + constraint.text();
    }

    /** The default as a user would write it; empty for none. */
    public String defaultText() {
        return option.hasDefaultValue() ? type.write().apply(option.defaultValue()) : "";
    }

    /** @throws IllegalArgumentException if the value has another type or breaks the constraint */
    T parse(Object value) {
        T parsed = type.read().apply(value);
        if (constraint != null && !constraint.holds().test(parsed)) {
            throw new IllegalArgumentException("breaks " + constraint.text());
        }
        return parsed;
    }

    /** The value as a user would write it; null where it has none. */
    @Nullable
    String write(OptionValues values) {
        T value = values.find(option);
        return value == null ? null : type.write().apply(value);
    }
}
