package dev.millrace.pipeline.source;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.RecordMapping;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.schemas.wire.SampleDecoder;
import dev.millrace.schemas.wire.SampleLimits;
import dev.millrace.schemas.wire.WireFormat;
import java.io.Serializable;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How records are read; travels to the task managers.
 *
 * @param modelJson the model that samples must fit
 * @param schemas that records were written with
 * @param features how a user's records become samples; null for records that are samples as shipped
 * @param maxBytes largest record that is decoded, bytes
 * @param maxFutureMillis how far ahead of its record an event may be, milliseconds
 * @param deadLetterMaxBytes how much of a bad record is kept, bytes
 */
public record SampleReading(
        String modelJson,
        WireFormat wire,
        SchemaSources schemas,
        @Nullable RecordMapping features,
        int maxBytes,
        long maxFutureMillis,
        int deadLetterMaxBytes)
        implements Serializable {

    /** As a configuration says, for its model. */
    static SampleReading of(TrainingConfig config, ModelSpec spec) {
        return new SampleReading(
                spec.toJson(),
                config.source().wireFormat(),
                new SchemaSources(
                        config.source().schemaDirectory(), config.source().registry()),
                config.features(),
                config.sample().maxBytes(),
                config.sample().maxFuture().toMillis(),
                config.deadLetter().maxValueBytes());
    }

    RecordDecoder decoder() {
        SampleLimits limits = new SampleLimits(maxBytes);
        if (features == null) {
            SampleDecoder decoder = new SampleDecoder(wire, schemas.open(null), limits);
            return (value, time, into) -> decoder.decode(value, into);
        }
        Schema own = new Schema.Parser().parse(features.schema());
        return new MappedRecordDecoder(wire, schemas.open(own), own, features.mapping(), limits);
    }

    SampleFit fit() {
        ModelSpec spec = ModelSpec.fromJson(modelJson);
        return new SampleFit(
                spec.inputs(), spec.outputs(), spec.labelWidth(), spec.loss(), spec.ids(), maxFutureMillis);
    }
}
