package dev.millrace.pipeline.dataset;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.LabelSpec;
import dev.millrace.model.feature.RecordMapper;
import dev.millrace.model.feature.UnmappableException;
import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.RecordEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Records of a file through the mapping of a snapshot: the very features that training made of such records. A file
 * whose records have no field for the label is read without labels.
 */
public final class MappedExamples implements Examples {
    private final Records records;
    private final RecordEncoder encoder;
    private final GenericDatumReader<GenericRecord> resolver;
    private final RecordMapper mapper;
    private final boolean labeled;
    private final DecodedSample sample = new DecodedSample();
    private @Nullable BinaryDecoder decoder;
    private long rows;

    private MappedExamples(Records records, FeatureMapping mapping, boolean labeled) {
        this.records = records;
        this.encoder = new RecordEncoder(WireFormat.RAW, 0, records.schema());
        this.resolver = new GenericDatumReader<>(records.schema(), mapping.schema());
        this.mapper = mapping.mapper();
        this.labeled = labeled;
    }

    /** Closed with the examples. */
    public static MappedExamples of(Records records, FeatureMapping mapping) {
        boolean labeled = hasLabel(records.schema(), mapping);
        return new MappedExamples(records, labeled ? mapping : mapping.withoutLabel(), labeled);
    }

    private static boolean hasLabel(Schema writer, FeatureMapping mapping) {
        LabelSpec label = mapping.spec().label();
        if (label == null) return false;
        String first = label.field().split("\\.", 2)[0];
        return Schema.applyAliases(writer, mapping.schema()).getField(first) != null;
    }

    @Override
    public boolean read(Example into) throws IOException {
        GenericRecord written = records.next();
        if (written == null) return false;
        rows++;
        try {
            decoder = DecoderFactory.get().binaryDecoder(encoder.encode(written), decoder);
            GenericRecord record = resolver.read(null, decoder);
            mapper.map(record, Example.NO_TIME, sample);
            if (into.features.length != mapper.width()) into.features = new float[mapper.width()];
            System.arraycopy(sample.dense, 0, into.features, 0, mapper.width());
            into.clearOptional();
            into.id = mapper.id(record);
        } catch (UnmappableException e) {
            throw new IllegalArgumentException("row " + rows + ": " + e.getMessage(), e);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException("row " + rows + " cannot be read: " + e.getMessage(), e);
        }
        if (!labeled) return true;
        if (into.labels.length < sample.labelCount) into.labels = new float[sample.labelCount];
        System.arraycopy(sample.labels, 0, into.labels, 0, sample.labelCount);
        into.labelCount = sample.labelCount;
        into.weight = sample.weight;
        into.eventTime = sample.eventTime;
        return true;
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
