package dev.millrace.pipeline.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions.OptionBuilder;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/**
 * How a value of one type is read from what YAML gave, and written back.
 *
 * @param text reads after "must be": "an integer"
 * @param read throws IllegalArgumentException for what is not of the type
 * @param write gives text that {@code read} accepts
 * @param declare makes the option of a key, with a default or null
 */
record ValueType<T>(
        String text,
        Function<Object, T> read,
        Function<T, String> write,
        BiFunction<OptionBuilder, @Nullable T, ConfigOption<T>> declare) {

    static final ValueType<String> TEXT = new ValueType<>(
            "text",
            ValueType::scalar,
            text -> text,
            (key, value) -> key.stringType().defaultValue(value));
    static final ValueType<Boolean> FLAG = new ValueType<>(
            "true or false",
            ValueType::flag,
            String::valueOf,
            (key, value) -> key.booleanType().defaultValue(value));
    static final ValueType<Integer> INTEGER = new ValueType<>(
            "an integer",
            value -> Integer.valueOf(scalar(value)),
            String::valueOf,
            (key, value) -> key.intType().defaultValue(value));
    static final ValueType<Long> LONG = new ValueType<>(
            "an integer",
            value -> Long.valueOf(scalar(value)),
            String::valueOf,
            (key, value) -> key.longType().defaultValue(value));
    static final ValueType<Double> NUMBER = new ValueType<>(
            "a number",
            ValueType::number,
            String::valueOf,
            (key, value) -> key.doubleType().defaultValue(value));
    static final ValueType<Duration> DURATION = new ValueType<>(
            "a duration such as 500 ms, 10 s or 5 min",
            value -> TimeUtils.parseDuration(scalar(value)),
            TimeUtils::formatWithHighestUnit,
            (key, value) -> key.durationType().defaultValue(value));
    static final ValueType<MemorySize> SIZE = new ValueType<>(
            "a size such as 512 kb or 64 mb",
            value -> MemorySize.parse(scalar(value)),
            MemorySize::toString,
            (key, value) -> key.memoryType().defaultValue(value));

    /** A list has no default. */
    static final ValueType<List<String>> NAMES = new ValueType<>(
            "a list of names",
            ValueType::names,
            names -> String.join(", ", names),
            (key, value) -> key.stringType().asList().noDefaultValue());

    /** One of an enum's constants, in lower case with hyphens. */
    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> choices) {
        return new ValueType<>(
                "one of " + words(choices),
                value -> constant(choices, value),
                ValueType::word,
                (key, value) -> key.enumType(choices).defaultValue(value));
    }

    /** A constant's name as users write it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E constant(Class<E> choices, Object value) {
        return Enum.valueOf(choices, scalar(value).toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static String words(Class<? extends Enum<?>> choices) {
        return Arrays.stream(choices.getEnumConstants()).map(ValueType::word).collect(Collectors.joining(", "));
    }

    private static String scalar(Object value) {
        if (value instanceof Iterable || value instanceof Map) {
            throw new IllegalArgumentException("not a single value");
        }
        return value.toString().trim();
    }

    private static double number(Object value) {
        double number = Double.parseDouble(scalar(value));
        if (!Double.isFinite(number)) throw new IllegalArgumentException("not finite");
        return number;
    }

    private static boolean flag(Object value) {
        return switch (scalar(value)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    /** A YAML list, or text with commas. */
    private static List<String> names(Object value) {
        if (value instanceof List<?> list)
            return list.stream().map(ValueType::scalar).toList();
        return Arrays.stream(scalar(value).split(",", -1)).map(String::trim).toList();
    }
}
