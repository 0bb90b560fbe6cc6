package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.RecordFile;
import dev.millrace.pipeline.dataset.Records;
import dev.millrace.schemas.wire.RecordEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.Closeable;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The Avro records of a file, as they are, read as often as there are epochs. */
final class FileRecords implements MessageSource, Closeable {
    private final Epochs<Records> epochs;
    private @Nullable GenericRecord record; // the last one read

    /** @param epochs how often the file is read, >= 1 */
    FileRecords(RecordFile file, int epochs) throws IOException {
        this.epochs = new Epochs<>(file.path(), epochs, path -> file.open());
    }

    @Override
    public Messages encoded(WireFormat wire, int schemaId) throws IOException {
        Schema schema = epochs.read(Records::schema);
        RecordEncoder encoder = new RecordEncoder(wire, schemaId, schema);
        return new Messages() {
            @Override
            public byte @Nullable [] next() throws IOException {
                GenericRecord record = nextRecord();
                return record == null ? null : encoder.encode(record);
            }

            @Override
            public void close() throws IOException {
                FileRecords.this.close();
            }
        };
    }

    private @Nullable GenericRecord nextRecord() throws IOException {
        do {
            if (epochs.read(this::advance)) return record;
        } while (epochs.again());
        return null;
    }

    private boolean advance(Records records) throws IOException {
        record = records.next();
        return record != null;
    }

    @Override
    public void close() throws IOException {
        epochs.close();
    }
}
