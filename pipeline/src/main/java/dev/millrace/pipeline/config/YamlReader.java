package dev.millrace.pipeline.config;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads YAML as plain data: maps, lists, text, numbers and booleans. Tags, anchors, aliases, duplicate keys, a second
 * document and deep nesting are refused: a configuration needs none of them and each has been an attack.
 */
public final class YamlReader {
    static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_DEPTH = 32;
    private static final YAMLFactory FACTORY = factory();

    private YamlReader() {}

    /**
     * @return nested maps, in the order of the text; empty for an empty document
     * @throws IllegalArgumentException naming what is wrong and where
     */
    public static Map<String, @Nullable Object> readMap(String text) {
        Object value = read(text);
        if (value == null) return new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) return stringKeys(map);
        throw new IllegalArgumentException("must be a list of \"key: value\" lines. Received: " + shorten(value));
    }

    /** Reads one value, as it may stand behind {@code key:}; null for an empty text. */
    public static @Nullable Object read(String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "must have at most " + MAX_CHARACTERS + " characters. Received: " + text.length());
        }
        try (YAMLParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) return null;
            Object value = value(parser, 0);
            if (parser.nextToken() != null) throw refused(parser, "a second document");
            return value;
        } catch (IOException e) {
            throw new IllegalArgumentException("is not valid YAML: " + firstLines(e), e);
        }
    }

    private static @Nullable Object value(YAMLParser parser, int depth) throws IOException {
        if (parser.getTypeId() != null) throw refused(parser, "a tag");
        if (parser.getObjectId() != null) throw refused(parser, "an anchor");
        if (parser.isCurrentAlias()) throw refused(parser, "an alias");
        if (depth > MAX_DEPTH) throw refused(parser, "more than " + MAX_DEPTH + " levels");
        return switch (parser.currentToken()) {
            case START_OBJECT -> map(parser, depth + 1);
            case START_ARRAY -> list(parser, depth + 1);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw refused(parser, String.valueOf(parser.currentToken()));
        };
    }

    /** A number, or the text of what YAML takes for one and Java does not, such as {@code .nan}. */
    private static Object number(YAMLParser parser) throws IOException {
        try {
            return parser.getNumberValue();
        } catch (JsonParseException e) {
            return parser.getText();
        }
    }

    private static Map<String, @Nullable Object> map(YAMLParser parser, int depth) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            map.put(key, value(parser, depth));
        }
        return map;
    }

    private static List<@Nullable Object> list(YAMLParser parser, int depth) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) list.add(value(parser, depth));
        return list;
    }

    private static IllegalArgumentException refused(JsonParser parser, String what) {
        return new IllegalArgumentException("must be plain YAML. Received: " + what + " in line "
                + parser.currentLocation().getLineNr());
    }

    private static Map<String, @Nullable Object> stringKeys(Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }

    private static String firstLines(IOException e) {
        String message = String.valueOf(e.getMessage());
        return shorten(message.replaceAll("\\s+", " "));
    }

    private static String shorten(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    private static YAMLFactory factory() {
        LoaderOptions limits = new LoaderOptions();
        limits.setAllowDuplicateKeys(false);
        limits.setCodePointLimit(MAX_CHARACTERS);
        limits.setMaxAliasesForCollections(0);
        YAMLFactory factory = YAMLFactory.builder().loaderOptions(limits).build();
        factory.configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature(), true);
        return factory;
    }
}
