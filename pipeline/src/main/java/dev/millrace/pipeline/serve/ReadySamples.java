package dev.millrace.pipeline.serve;

import dev.millrace.schemas.LabeledSample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** The features of samples as producers send them to training; label, weight and time are not looked at. */
final class ReadySamples implements RecordInput {
    private static final String ID = "id";
    private static final String DENSE = "dense";
    private static final String INDICES = "sparseIndices";
    private static final String VALUES = "sparseValues";
    private static final Schema SCHEMA = features(LabeledSample.getClassSchema());

    private static Schema features(Schema sample) {
        List<Schema.Field> fields = List.of(
                new Schema.Field(sample.getField(ID), sample.getField(ID).schema()),
                new Schema.Field(sample.getField(DENSE), sample.getField(DENSE).schema()),
                new Schema.Field(
                        sample.getField(INDICES), sample.getField(INDICES).schema()),
                new Schema.Field(
                        sample.getField(VALUES), sample.getField(VALUES).schema()));
        return Schema.createRecord(sample.getName(), sample.getDoc(), sample.getNamespace(), false, fields);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public void add(GenericRecord record, Rows rows) {
        int from = rows.begin();
        ByteBuffer dense = (ByteBuffer) record.get(DENSE);
        List<?> indices = (List<?>) record.get(INDICES);
        if (indices.isEmpty()) {
            if (dense.remaining() != Float.BYTES * rows.inputs()) {
                throw rows.wrong(DENSE + " must have the model's " + rows.inputs() + " features, "
                        + Float.BYTES * rows.inputs() + " bytes. Received: " + dense.remaining());
            }
            floats(dense, rows.values(), from);
        } else {
            if (dense.hasRemaining()) throw rows.wrong(DENSE + " must be empty where " + INDICES + " is not");
            scatter(indices, (ByteBuffer) record.get(VALUES), rows, from);
        }
        Object id = record.get(ID);
        rows.end(id == null ? null : id.toString());
    }

    private static void scatter(List<?> indices, ByteBuffer values, Rows rows, int from) {
        if (values.remaining() != Float.BYTES * indices.size()) {
            throw rows.wrong(VALUES + " must have " + Float.BYTES * indices.size() + " bytes, 4 for each of " + INDICES
                    + ". Received: " + values.remaining());
        }
        float[] scattered = new float[indices.size()];
        floats(values, scattered, 0);
        Arrays.fill(rows.values(), from, from + rows.inputs(), 0);
        for (int i = 0; i < scattered.length; i++) {
            int index = (Integer) indices.get(i);
            if (index < 0 || index >= rows.inputs()) {
                throw rows.wrong(INDICES + " must be in 0.." + (rows.inputs() - 1) + ". Received: " + index);
            }
            rows.values()[from + index] = scattered[i];
        }
    }

    private static void floats(ByteBuffer bytes, float[] into, int from) {
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(into, from, bytes.remaining() / Float.BYTES);
    }
}
