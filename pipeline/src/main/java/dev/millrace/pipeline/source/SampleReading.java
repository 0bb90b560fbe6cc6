package dev.millrace.pipeline.source;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.schemas.wire.SampleDecoder;
import dev.millrace.schemas.wire.SampleLimits;
import dev.millrace.schemas.wire.SchemaCatalog;
import dev.millrace.schemas.wire.WireFormat;
import java.io.Serializable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How records are read; travels to the task managers.
 *
 * @param modelJson the model that samples must fit
 * @param schemaDirectory extra writer schemas, or null for ours alone
 * @param maxBytes largest record that is decoded, bytes
 * @param maxFutureMillis how far ahead of its record an event may be, milliseconds
 * @param deadLetterMaxBytes how much of a bad record is kept, bytes
 */
public record SampleReading(
        String modelJson,
        WireFormat wire,
        @Nullable String schemaDirectory,
        int maxBytes,
        long maxFutureMillis,
        int deadLetterMaxBytes)
        implements Serializable {

    SampleDecoder decoder() {
        SchemaCatalog catalog = schemaDirectory == null
                ? SchemaCatalog.builtIn()
                : SchemaCatalog.fromDirectory(Path.of(schemaDirectory));
        return new SampleDecoder(wire, catalog, new SampleLimits(maxBytes));
    }

    SampleFit fit() {
        ModelSpec spec = ModelSpec.fromJson(modelJson);
        return new SampleFit(spec.inputs(), spec.outputs(), spec.labelWidth(), spec.loss(), maxFutureMillis);
    }
}
