package dev.millrace.pipeline.dataset;

import dev.millrace.schemas.wire.SchemaCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A file of Avro records: an object container file ({@code .avro}), or JSON lines that are records of a schema.
 *
 * @param schema of JSON lines; null for a container file, which has its own
 */
public record RecordFile(Path path, @Nullable Schema schema) {

    /** Whether a file of this name has Avro records without a schema being given. */
    public static boolean isContainer(Path path) {
        return DataFile.kind(path).endsWith(".avro");
    }

    /** @throws IllegalArgumentException if there is no such schema */
    static Schema readSchema(Path file) {
        try {
            return SchemaCatalog.checked(new Schema.Parser().parse(Files.readString(file)));
        } catch (IOException e) {
            throw new IllegalArgumentException("--schema cannot be read: " + e, e);
        } catch (AvroRuntimeException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--schema must be an Avro schema. Received: " + file + ": " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if the file is not there, or has no such records */
    public Records open() throws IOException {
        DataFile.checkReadable(path);
        return schema == null ? AvroRecords.open(path) : new JsonRecords(DataFile.reader(path), schema);
    }
}
