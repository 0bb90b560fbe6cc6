package dev.millrace.schemas.wire;

import dev.millrace.schemas.LabeledSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Writer schemas, found by id or by fingerprint: ours, and those of a directory of {@code <id>.avsc} files. A file
 * whose name is no number is known by its fingerprint alone.
 */
public final class SchemaCatalog implements WriterSchemas {
    /** Id of our own schema where the producers have no registry. */
    public static final int OWN_ID = 1;

    private final Map<Integer, Schema> byId = new HashMap<>();
    private final Map<Long, Schema> byFingerprint = new HashMap<>();

    private SchemaCatalog() {
        add(LabeledSample.getClassSchema());
        byId.put(OWN_ID, LabeledSample.getClassSchema());
    }

    /** Our own schema alone. */
    public static SchemaCatalog builtIn() {
        return new SchemaCatalog();
    }

    /**
     * Our own schema and those of a directory, which win where ids are equal.
     *
     * @throws IllegalArgumentException naming every file that is no schema
     */
    public static SchemaCatalog fromDirectory(Path directory) {
        SchemaCatalog catalog = new SchemaCatalog();
        List<String> problems = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".avsc"))
                    .sorted()
                    .toList()) {
                catalog.read(file, problems);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("source.schema-directory cannot be read: " + directory, e);
        }
        if (problems.isEmpty()) return catalog;
        throw new IllegalArgumentException(
                problems.size() + " unreadable schemas in " + directory + "\n  " + String.join("\n  ", problems));
    }

    private void read(Path file, List<String> problems) {
        try {
            Schema schema = checked(new Schema.Parser().parse(Files.readString(file)));
            add(schema);
            String name = file.getFileName().toString().replace(".avsc", "");
            if (name.matches("\\d{1,9}")) byId.put(Integer.valueOf(name), schema);
        } catch (IOException | AvroRuntimeException | IllegalArgumentException e) {
            problems.add(file.getFileName() + ": " + e.getMessage());
        }
    }

    /**
     * A schema that records may be read with; our own for one that differs from it in words only.
     *
     * @throws IllegalArgumentException if a short record of it could claim any number of items
     */
    public static Schema checked(Schema schema) {
        String bomb = ItemSize.arrayOfNothing(schema);
        if (bomb == null) return canonical(schema);
        throw new IllegalArgumentException(
                "the items of " + bomb + " have no bytes, so that a short record could claim any number of them");
    }

    /** Makes a schema known by its fingerprint. */
    public SchemaCatalog with(Schema schema) {
        add(schema);
        return this;
    }

    /** Our own schema for one that differs from it in words only: its samples are decoded by hand. */
    private static Schema canonical(Schema schema) {
        Schema own = LabeledSample.getClassSchema();
        boolean same = SchemaNormalization.toParsingForm(schema).equals(SchemaNormalization.toParsingForm(own));
        return same ? own : schema;
    }

    private void add(Schema schema) {
        byFingerprint.put(SchemaNormalization.parsingFingerprint64(schema), schema);
    }

    @Override
    public @Nullable Schema byId(int id) {
        return byId.get(id);
    }

    @Override
    public @Nullable Schema byFingerprint(long fingerprint) {
        return byFingerprint.get(fingerprint);
    }
}
