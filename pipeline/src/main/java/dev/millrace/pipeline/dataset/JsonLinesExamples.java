package dev.millrace.pipeline.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;

/**
 * One example per line: {@code {"features": [0.5, 1], "label": 3}}, or {@code "labels": [0, 1]}, or neither; and
 * {@code "id"}, {@code "eventTime"}, {@code "weight"} where a line has them.
 */
final class JsonLinesExamples implements Examples {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final BufferedReader in;
    private final ClassLabels classes;
    private long line;

    JsonLinesExamples(BufferedReader in, CsvRules rules) {
        this.in = in;
        this.classes = new ClassLabels(rules.classes());
    }

    @Override
    public boolean read(Example into) throws IOException {
        String text;
        do {
            text = in.readLine();
            line++;
        } while (text != null && text.isBlank());
        if (text == null) return false;
        JsonNode row = parse(line == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        into.clearOptional();
        into.features = numbers(row.path("features"), "features", into.features);
        readLabels(row, into);
        readOptional(row, into);
        return true;
    }

    private void readLabels(JsonNode row, Example into) {
        if (row.has("labels")) {
            into.labels = numbers(row.path("labels"), "labels", into.labels);
            into.labelCount = into.labels.length;
        } else if (row.has("label")) {
            into.labelCount = 1;
            into.labels[0] = label(row.path("label"));
        }
    }

    private float label(JsonNode value) {
        if (classes.isEmpty()) {
            if (!value.isTextual()) return number(value, "label");
            throw wrong("label", "must be a number, or --classes WORD,WORD must say which words are 0, 1, ...", value);
        }
        int label = classes.of(value.asText());
        if (label < 0) throw wrong("label", "must be one of --classes " + classes, value);
        return label;
    }

    private void readOptional(JsonNode row, Example into) {
        if (row.hasNonNull("id")) {
            JsonNode id = row.path("id");
            if (id.isContainerNode()) throw wrong("id", "must be text or a number", id);
            into.id = id.asText();
        }
        if (row.hasNonNull("eventTime")) {
            JsonNode time = row.path("eventTime");
            into.eventTime = time.isTextual() || time.isIntegralNumber() ? EventTime.parse(time.asText()) : -1;
            if (into.eventTime < 0) throw wrong("eventTime", EventTime.EXPECTED, time);
        }
        if (row.hasNonNull("weight")) {
            into.weight = number(row.path("weight"), "weight");
            if (into.weight < 0) throw wrong("weight", "must be >= 0", row.path("weight"));
        }
    }

    private JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("line " + line + " must be JSON: " + e.getOriginalMessage(), e);
        }
    }

    private float[] numbers(JsonNode array, String name, float[] reuse) {
        if (!array.isArray()) throw wrong(name, "must be a list of numbers", array);
        float[] values = reuse.length == array.size() && array.size() > 0 ? reuse : new float[array.size()];
        for (int i = 0; i < values.length; i++) values[i] = number(array.path(i), name + "[" + i + "]");
        return values;
    }

    private float number(JsonNode value, String name) {
        if (!value.isNumber()) throw wrong(name, "must be a number", value);
        if (!Float.isFinite(value.floatValue())) throw wrong(name, "must be between -3.4e38 and 3.4e38", value);
        return value.floatValue();
    }

    private IllegalArgumentException wrong(String name, String limit, JsonNode received) {
        String text = received.isMissingNode() ? "nothing" : received.toString();
        return new IllegalArgumentException("line " + line + ": " + name + " " + limit + ". Received: " + text);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
