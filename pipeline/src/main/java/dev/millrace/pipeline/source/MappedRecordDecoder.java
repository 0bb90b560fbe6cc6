package dev.millrace.pipeline.source;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.RecordMapper;
import dev.millrace.model.feature.UnmappableException;
import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.Rejection;
import dev.millrace.schemas.wire.RejectionReason;
import dev.millrace.schemas.wire.SampleLimits;
import dev.millrace.schemas.wire.WireFormat;
import dev.millrace.schemas.wire.WriterLookup;
import dev.millrace.schemas.wire.WriterSchemas;
import java.io.IOException;
import java.util.IdentityHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Records of a user's schema: read with the schema that they were written with, resolved to the fields that the mapping
 * reads, and mapped. Whatever is wrong with a record becomes a {@link Rejection}; what the look-up of a schema throws is
 * no fault of the record and goes on. Not thread-safe.
 */
final class MappedRecordDecoder implements RecordDecoder {
    private final WireFormat wire;
    private final WriterLookup writers;
    private final Schema rawWriter;
    private final Schema reader;
    private final RecordMapper mapper;
    private final SampleLimits limits;
    private final IdentityHashMap<Schema, GenericDatumReader<GenericRecord>> readers = new IdentityHashMap<>();
    private @Nullable Schema lastWriter;
    private @Nullable GenericDatumReader<GenericRecord> lastReader;
    private @Nullable GenericRecord reused;
    private @Nullable BinaryDecoder bytes;

    /** @param rawWriter what records without a header were written with */
    MappedRecordDecoder(
            WireFormat wire, WriterSchemas schemas, Schema rawWriter, FeatureMapping mapping, SampleLimits limits) {
        this.wire = wire;
        this.writers = new WriterLookup(wire, schemas);
        this.rawWriter = rawWriter;
        this.reader = mapping.schema();
        this.mapper = mapping.mapper();
        this.limits = limits;
    }

    @Override
    public @Nullable Rejection decode(byte @Nullable [] value, long time, DecodedSample into) {
        Rejection rejected = limits.reject(value);
        if (value == null || rejected != null) return rejected;
        Schema writer = wire == WireFormat.RAW ? rawWriter : writers.find(value);
        if (writer == null) return new Rejection(RejectionReason.UNKNOWN_SCHEMA, writers.unknown(value));
        try {
            return map(value, writer, time, into);
        } catch (UnmappableException e) {
            return e.rejection();
        } catch (IOException | RuntimeException e) {
            // Avro throws five kinds of exception at bad bytes, unchecked ones among them: all mean the same here.
            return malformed(writer, e);
        } catch (StackOverflowError e) {
            return new Rejection(RejectionReason.MALFORMED, "the record is nested too deep");
        }
    }

    private @Nullable Rejection map(byte[] value, Schema writer, long time, DecodedSample into) throws IOException {
        int from = wire.headerBytes();
        bytes = DecoderFactory.get().binaryDecoder(value, from, value.length - from, bytes);
        GenericRecord record = readerOf(writer).read(reused, bytes);
        reused = record;
        if (!bytes.isEnd()) return new Rejection(RejectionReason.TRAILING_BYTES, "bytes follow the record");
        mapper.map(record, time, into);
        return null;
    }

    /** The writer changes rarely from record to record. */
    @SuppressWarnings(
            "ReferenceEquality") // as the map has it: to compare schemas would take longer than to read the record
    private GenericDatumReader<GenericRecord> readerOf(Schema writer) {
        GenericDatumReader<GenericRecord> current = lastReader;
        if (current != null && writer == lastWriter) return current;
        current = readers.computeIfAbsent(writer, schema -> new GenericDatumReader<>(schema, reader));
        lastWriter = writer;
        lastReader = current;
        return current;
    }

    /** The record that was read half is not used again. */
    private Rejection malformed(Schema writer, Exception reason) {
        reused = null;
        return new Rejection(
                RejectionReason.MALFORMED,
                "not a record of schema " + writer.getFullName() + " that source.schema can be read from: " + reason);
    }
}
