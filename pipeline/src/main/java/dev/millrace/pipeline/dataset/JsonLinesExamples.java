package dev.millrace.pipeline.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;

/** One example per line: {@code {"features": [0.5, 1], "label": 3}}, or {@code "labels": [0, 1]}, or neither. */
final class JsonLinesExamples implements Examples {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BufferedReader in;
    private long line;

    JsonLinesExamples(BufferedReader in) {
        this.in = in;
    }

    @Override
    public boolean read(Example into) throws IOException {
        String text;
        do {
            text = in.readLine();
            line++;
        } while (text != null && text.isBlank());
        if (text == null) return false;
        JsonNode row = parse(text);
        into.features = numbers(row.path("features"), "features", into.features);
        if (row.has("labels")) {
            into.labels = numbers(row.path("labels"), "labels", into.labels);
            into.labelCount = into.labels.length;
        } else {
            into.labelCount = row.has("label") ? 1 : 0;
            if (into.labelCount == 1) into.labels[0] = number(row.path("label"), "label");
        }
        return true;
    }

    private JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("line " + line + " must be JSON: " + e.getOriginalMessage(), e);
        }
    }

    private float[] numbers(JsonNode array, String name, float[] reuse) {
        if (!array.isArray()) {
            throw new IllegalArgumentException("line " + line + ": " + name + " must be a list of numbers");
        }
        float[] values = reuse.length == array.size() && array.size() > 0 ? reuse : new float[array.size()];
        for (int i = 0; i < values.length; i++) values[i] = number(array.path(i), name + "[" + i + "]");
        return values;
    }

    private float number(JsonNode value, String name) {
        if (!value.isNumber()) {
            throw new IllegalArgumentException("line " + line + ": " + name + " must be a number. Received: " + value);
        }
        return value.floatValue();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
