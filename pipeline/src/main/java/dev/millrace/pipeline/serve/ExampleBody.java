package dev.millrace.pipeline.serve;

import dev.millrace.model.feature.FeatureMapping;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** A body that a model takes, as one word of a shell: zeros, or a record with the least of each field. */
final class ExampleBody {
    /** Wider rows are written by the shell, so that the line can be read. */
    private static final int MAX_WRITTEN = 32;

    private static final Limits LIMITS = new Limits(1 << 20, 1, 1, 0, Duration.ofSeconds(1));

    private final ServingModel model;

    ExampleBody(ServingModel model) {
        this.model = model;
    }

    /** Null if no such body comes to mind. */
    @Nullable
    String shellWord() {
        FeatureMapping mapping = model.mapping();
        if (mapping == null) {
            int inputs = model.spec().inputs();
            if (inputs <= MAX_WRITTEN) {
                return "'{\"instances\": [[" + String.join(", ", Collections.nCopies(inputs, "0")) + "]]}'";
            }
            return "\"{\\\"instances\\\": [[$(yes 0 | head -n " + inputs + " | paste -sd, -)]]}\"";
        }
        String body = "{\"records\": [" + Json.text(least(mapping.schema(), 0)) + "]}";
        return isTaken(body) && body.indexOf('\'') < 0 ? "'" + body + "'" : null;
    }

    /** It is tried, as some mappings want more of a field than its schema says. */
    private boolean isTaken(String body) {
        try {
            Rows rows = new Rows(model.spec(), LIMITS);
            model.readJson(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), rows);
            return true;
        } catch (ProblemException | IOException e) {
            return false;
        }
    }

    private static @Nullable Object least(Schema schema, int depth) {
        return switch (schema.getType()) {
            case RECORD -> leastRecord(schema, depth);
            case UNION -> leastOf(schema.getTypes(), depth);
            case ENUM -> schema.getEnumSymbols().get(0);
            case ARRAY -> new ArrayList<>();
            case MAP -> new LinkedHashMap<>();
            case STRING, BYTES -> "";
            case FIXED -> "\0".repeat(schema.getFixedSize());
            case INT, LONG -> 0;
            case FLOAT, DOUBLE -> 0.0;
            case BOOLEAN -> false;
            case NULL -> null;
        };
    }

    private static Map<String, @Nullable Object> leastRecord(Schema schema, int depth) {
        Map<String, @Nullable Object> record = new LinkedHashMap<>();
        if (depth > 16) return record; // a schema that contains itself
        for (Schema.Field field : schema.getFields()) record.put(field.name(), least(field.schema(), depth + 1));
        return record;
    }

    /** A value rather than none: a mapping may want one. */
    private static @Nullable Object leastOf(List<Schema> types, int depth) {
        for (Schema type : types) if (type.getType() != Schema.Type.NULL) return least(type, depth);
        return null;
    }
}
