package dev.millrace.schemas.wire;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Finds arrays whose items take no bytes: a record of ten bytes can claim 10^18 of them, and a reader would count. */
final class ItemSize {
    private ItemSize() {}

    /** The first such array of a schema, as text; null if there is none. */
    static @Nullable String arrayOfNothing(Schema schema) {
        return search(schema, new HashSet<>());
    }

    private static @Nullable String search(Schema schema, Set<String> seen) {
        return switch (schema.getType()) {
            case ARRAY ->
                isNothing(schema.getElementType(), new HashSet<>())
                        ? schema.toString()
                        : search(schema.getElementType(), seen);
            case MAP -> search(schema.getValueType(), seen); // a key has at least one byte
            case UNION -> searchAll(schema.getTypes(), seen);
            case RECORD ->
                seen.add(schema.getFullName())
                        ? searchAll(
                                schema.getFields().stream()
                                        .map(Schema.Field::schema)
                                        .toList(),
                                seen)
                        : null;
            default -> null;
        };
    }

    private static @Nullable String searchAll(List<Schema> schemas, Set<String> seen) {
        for (Schema schema : schemas) {
            String found = search(schema, seen);
            if (found != null) return found;
        }
        return null;
    }

    /** Whether a value takes no bytes at all. */
    private static boolean isNothing(Schema schema, Set<String> within) {
        return switch (schema.getType()) {
            case NULL -> true;
            case FIXED -> schema.getFixedSize() == 0;
            case RECORD ->
                !within.add(schema.getFullName())
                        || schema.getFields().stream().allMatch(field -> isNothing(field.schema(), within));
            default -> false;
        };
    }
}
