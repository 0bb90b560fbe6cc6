package dev.millrace.model.client;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.RecordMapper;
import dev.millrace.model.feature.UnmappableException;
import dev.millrace.schemas.wire.RecordEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/** Records to features: those of the mapping's own schema as they are, others resolved to it. Not thread-safe. */
final class RecordInputs {
    private final FeatureMapping mapping;
    private final RecordMapper mapper;
    private final float[] row; // [inputs]
    private float[] rows = new float[0]; // [records, inputs] or longer, reused
    private @Nullable Resolver resolver; // of the writer seen last

    private record Resolver(Schema writer, RecordEncoder encoder, GenericDatumReader<GenericRecord> reader) {}

    RecordInputs(FeatureMapping mapping) {
        this.mapping = mapping;
        this.mapper = mapping.mapper();
        this.row = new float[mapper.width()];
    }

    /** Rows of features, [records, inputs] or longer; valid until the next call. */
    float[] map(List<? extends GenericRecord> records) {
        int width = row.length;
        if (rows.length < records.size() * width) rows = new float[Math.multiplyExact(records.size(), width)];
        for (int i = 0; i < records.size(); i++) {
            try {
                mapper.features(resolved(records.get(i)), row);
            } catch (UnmappableException e) {
                throw new IllegalArgumentException("record " + i + ": " + e.getMessage(), e);
            } catch (AvroRuntimeException | IOException | IllegalArgumentException e) {
                throw new IllegalArgumentException("record " + i + " cannot be read: " + e.getMessage(), e);
            }
            System.arraycopy(row, 0, rows, i * width, width);
        }
        return rows;
    }

    private GenericRecord resolved(GenericRecord record) throws IOException {
        Schema writer = record.getSchema();
        if (writer.equals(mapping.schema())) return record;
        Resolver current = resolver;
        if (current == null || !current.writer.equals(writer)) {
            current = new Resolver(
                    writer,
                    new RecordEncoder(WireFormat.RAW, 0, writer),
                    new GenericDatumReader<>(writer, mapping.schema()));
            resolver = current;
        }
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(current.encoder.encode(record), null);
        return current.reader.read(null, decoder);
    }
}
