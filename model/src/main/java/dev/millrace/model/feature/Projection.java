package dev.millrace.model.feature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * A schema with only the fields that some paths lead through: what a writer does to the others does not matter. Names,
 * aliases and defaults stay, as they tie it to the writers' schemas.
 */
final class Projection {
    private final Map<String, Set<String>> needed = new LinkedHashMap<>();
    private final Map<String, Schema> projected = new HashMap<>();

    /** @throws IllegalArgumentException naming every path that leads nowhere */
    static Schema of(Schema record, List<String> paths) {
        Projection projection = new Projection();
        List<String> problems = new ArrayList<>();
        for (String path : new LinkedHashSet<>(paths)) {
            try {
                FieldReader.of(path, record, projection::need);
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        if (problems.isEmpty()) return projection.project(record);
        throw FeatureSpecReader.mistakes(problems);
    }

    private void need(Schema record, Schema.Field field) {
        needed.computeIfAbsent(record.getFullName(), name -> new HashSet<>()).add(field.name());
    }

    private Schema project(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> record(schema);
            case UNION ->
                Schema.createUnion(schema.getTypes().stream().map(this::project).toList());
            case MAP -> Schema.createMap(project(schema.getValueType()));
            default -> schema;
        };
    }

    private Schema record(Schema schema) {
        Schema known = projected.get(schema.getFullName());
        if (known != null) return known;
        Set<String> names = needed.getOrDefault(schema.getFullName(), Set.of());
        Schema record = Schema.createRecord(schema.getFullName(), null, null, schema.isError());
        schema.getAliases().forEach(record::addAlias);
        projected.put(schema.getFullName(), record);
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            if (!names.contains(field.name())) continue;
            // A default of a record names fields that the projection may lack: null or nothing is what is left of it.
            Object fallback = projectable(field) ? field.defaultVal() : null;
            Schema.Field copy = new Schema.Field(field.name(), project(field.schema()), null, fallback);
            field.aliases().forEach(copy::addAlias);
            fields.add(copy);
        }
        record.setFields(fields);
        return record;
    }

    private static boolean projectable(Schema.Field field) {
        Schema schema = field.schema().isUnion() ? field.schema().getTypes().get(0) : field.schema();
        return schema.getType() != Schema.Type.RECORD && schema.getType() != Schema.Type.MAP;
    }
}
