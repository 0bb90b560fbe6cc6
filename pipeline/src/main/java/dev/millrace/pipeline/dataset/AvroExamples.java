package dev.millrace.pipeline.dataset;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.LabelSpec;
import dev.millrace.model.feature.RecordMapper;
import dev.millrace.model.feature.UnmappableException;
import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.SchemaCatalog;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/**
 * Records of an Avro object container file, through the mapping of a snapshot: the very features that training made of
 * such records. A file whose records have no field for the label is read without labels.
 */
public final class AvroExamples implements Examples {
    private final DataFileReader<GenericRecord> file;
    private final RecordMapper mapper;
    private final boolean labeled;
    private final DecodedSample sample = new DecodedSample();
    private long rows;

    private AvroExamples(DataFileReader<GenericRecord> file, RecordMapper mapper, boolean labeled) {
        this.file = file;
        this.mapper = mapper;
        this.labeled = labeled;
    }

    /** @throws IllegalArgumentException if it is no such file, or of records that the mapping cannot read */
    public static AvroExamples open(Path path, FeatureMapping mapping) throws IOException {
        GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>();
        DataFileReader<GenericRecord> file;
        try {
            file = new DataFileReader<>(path.toFile(), reader);
        } catch (IOException | AvroRuntimeException e) {
            throw new IllegalArgumentException("must be an Avro object container file: " + e.getMessage(), e);
        }
        Schema writer = SchemaCatalog.checked(file.getSchema());
        boolean labeled = hasLabel(writer, mapping);
        FeatureMapping read = labeled ? mapping : mapping.withoutLabel();
        reader.setExpected(read.schema());
        return new AvroExamples(file, read.mapper(), labeled);
    }

    private static boolean hasLabel(Schema writer, FeatureMapping mapping) {
        LabelSpec label = mapping.spec().label();
        if (label == null || writer.getType() != Schema.Type.RECORD) return false;
        String first = label.field().split("\\.", 2)[0];
        return Schema.applyAliases(writer, mapping.schema()).getField(first) != null;
    }

    @Override
    public boolean read(Example into) throws IOException {
        try {
            if (!file.hasNext()) return false;
            rows++;
            GenericRecord record = file.next();
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
        file.close();
    }
}
