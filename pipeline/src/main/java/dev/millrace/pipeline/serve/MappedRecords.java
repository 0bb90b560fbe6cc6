package dev.millrace.pipeline.serve;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.RecordMapper;
import dev.millrace.model.feature.UnmappableException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Records of a user's own, through the mapping that training used. */
final class MappedRecords implements RecordInput {
    private final Schema schema;
    private final RecordMapper mapper;
    private final float[] features; // [inputs]

    MappedRecords(FeatureMapping mapping) {
        this.schema = mapping.schema();
        this.mapper = mapping.mapper();
        this.features = new float[mapper.width()];
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public void add(GenericRecord record, Rows rows) {
        int from = rows.begin();
        try {
            mapper.features(record, features);
        } catch (UnmappableException e) {
            throw rows.wrong(String.valueOf(e.getMessage()));
        }
        System.arraycopy(features, 0, rows.values(), from, features.length);
        rows.end(mapper.id(record));
    }
}
