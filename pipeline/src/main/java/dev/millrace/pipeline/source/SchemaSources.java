package dev.millrace.pipeline.source;

import dev.millrace.pipeline.config.RegistryConfig;
import dev.millrace.pipeline.registry.RegistryClient;
import dev.millrace.schemas.wire.SchemaCatalog;
import dev.millrace.schemas.wire.WriterSchemas;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Where the schemas come from that records were written with: a registry or a directory. Travels to the task managers.
 *
 * @param directory of further writer schemas; null for none
 * @param registry null for none
 */
public record SchemaSources(
        @Nullable String directory, @Nullable RegistryConfig registry) implements Serializable {

    /** @param own the user's own schema; null for ours */
    WriterSchemas open(@Nullable Schema own) {
        if (registry != null) return new RegistryClient(registry);
        SchemaCatalog catalog =
                directory == null ? SchemaCatalog.builtIn() : SchemaCatalog.fromDirectory(Path.of(directory));
        if (own != null) catalog.with(own);
        return catalog;
    }
}
