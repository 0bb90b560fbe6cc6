package dev.millrace.model.feature;

import dev.millrace.model.spec.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Reads the value at a path like {@code user.age}: fields of nested records, keys of maps. Behind a map of plain values
 * the rest of the path is one key, dots and all. Found once for a schema, then read without allocation.
 *
 * @param path as in the configuration
 * @param schema of the value, without null
 */
record FieldReader(String path, Schema schema, List<Step> steps) {
    private static final Set<Schema.Type> NUMBERS =
            Set.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE);

    /** A field by its position, or else a map's value by its key. */
    record Step(
            int position, @Nullable String key, @Nullable Utf8 utf8) {}

    /**
     * Finds a path in a record's schema.
     *
     * @param met receives each record on the way with the field that is taken of it
     * @throws IllegalArgumentException naming the path and where it ends
     */
    static FieldReader of(String path, Schema record, BiConsumer<Schema, Schema.Field> met) {
        List<Step> steps = new ArrayList<>();
        Schema at = record;
        String rest = path;
        while (!rest.isEmpty()) {
            int dot = rest.indexOf('.');
            String name = dot < 0 ? rest : rest.substring(0, dot);
            if (at.getType() == Schema.Type.RECORD) {
                Schema.Field field = at.getField(name);
                if (field == null) throw new IllegalArgumentException(unknown(path, name, at));
                met.accept(at, field);
                steps.add(new Step(field.pos(), null, null));
                at = present(path, field.schema());
            } else if (at.getType() == Schema.Type.MAP) {
                at = present(path, at.getValueType());
                boolean further = at.getType() == Schema.Type.RECORD || at.getType() == Schema.Type.MAP;
                if (!further) {
                    name = rest;
                    dot = -1;
                }
                steps.add(new Step(-1, name, new Utf8(name)));
            } else {
                throw new IllegalArgumentException(
                        path + " ends before " + rest + ": a value of type " + word(at) + " has no fields");
            }
            rest = dot < 0 ? "" : rest.substring(dot + 1);
        }
        return new FieldReader(path, at, List.copyOf(steps));
    }

    private static String unknown(String path, String name, Schema record) {
        List<String> known = record.getFields().stream().map(Schema.Field::name).toList();
        return path + " is not in the schema: record " + record.getFullName() + " has no field " + name
                + Words.suggestion(name, known);
    }

    /** The branch beside null; several plain numbers are read as one. */
    static Schema present(String path, Schema schema) {
        if (!schema.isUnion()) return schema;
        List<Schema> branches = schema.getTypes().stream()
                .filter(branch -> branch.getType() != Schema.Type.NULL)
                .toList();
        if (branches.size() == 1) return branches.get(0);
        boolean numbers = !branches.isEmpty()
                && branches.stream()
                        .allMatch(branch -> NUMBERS.contains(branch.getType()) && branch.getLogicalType() == null);
        if (numbers) return Schema.create(Schema.Type.DOUBLE);
        throw new IllegalArgumentException(path + " must be of one type beside null. Received: "
                + branches.stream().map(FieldReader::word).toList());
    }

    static String word(Schema schema) {
        return schema.getLogicalType() == null
                ? schema.getType().getName()
                : schema.getLogicalType().getName();
    }

    /** The value; null where it or a part of the path is missing. */
    @Nullable
    Object read(GenericRecord record) {
        Step first = steps.isEmpty() ? null : steps.get(0);
        if (first == null || first.key() != null) return follow(record, 0);
        Object value = record.get(first.position()); // most paths are one field
        return steps.size() == 1 ? value : follow(value, 1);
    }

    private @Nullable Object follow(@Nullable Object from, int first) {
        Object at = from;
        for (int i = first; i < steps.size(); i++) {
            if (at == null) return null;
            Step step = steps.get(i);
            if (step.key() == null) {
                at = ((IndexedRecord) at).get(step.position());
            } else {
                Map<?, ?> map = (Map<?, ?>) at;
                Object value = map.get(step.utf8());
                at = value == null ? map.get(step.key()) : value;
            }
        }
        return at;
    }
}
