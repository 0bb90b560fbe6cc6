package dev.millrace.schemas.wire;

import dev.millrace.schemas.LabeledSample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to samples, strictly: whatever is not exactly a sample becomes a {@link Rejection}, never an exception, and no
 * memory is taken on the word of a record. Samples of our own schema are decoded by hand into arrays that are used
 * again; those of other writer schemas through Avro's schema resolution. Not thread-safe.
 */
public final class SampleDecoder {
    private final WireFormat wire;
    private final WriterLookup writers;
    private final SampleLimits limits;
    private final ByteCursor cursor = new ByteCursor();
    private final Map<Schema, GenericDatumReader<GenericRecord>> resolvers = new HashMap<>();

    private int[] sorted = new int[0]; // indices that did not come in order, used again

    public SampleDecoder(WireFormat wire, WriterSchemas schemas, SampleLimits limits) {
        this.wire = wire;
        this.writers = new WriterLookup(wire, schemas);
        this.limits = limits;
    }

    /** Decodes a record's value; null if {@code into} now holds a sample, else why not. */
    public @Nullable Rejection decode(byte @Nullable [] value, DecodedSample into) {
        Rejection rejected = limits.reject(value);
        if (value == null || rejected != null) return rejected;
        into.clear();
        Schema own = LabeledSample.getClassSchema();
        Schema writer = wire == WireFormat.RAW ? own : writers.find(value); // what it throws is no fault of the record
        if (writer == null) return new Rejection(RejectionReason.UNKNOWN_SCHEMA, writers.unknown(value));
        try {
            if (writer.equals(own)) decodeOwn(value, into);
            else resolve(value, writer, into);
        } catch (MalformedException e) {
            return new Rejection(RejectionReason.MALFORMED, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            // Avro throws five kinds of exception at bad bytes, unchecked ones among them: all mean the same here.
            return new Rejection(RejectionReason.MALFORMED, e.toString());
        } catch (StackOverflowError e) {
            // A writer schema that contains itself lets a record nest as deep as it has bytes.
            return new Rejection(RejectionReason.MALFORMED, "the record is nested too deep");
        }
        int trailing = cursor.remaining();
        if (trailing > 0) {
            return new Rejection(RejectionReason.TRAILING_BYTES, trailing + " bytes follow the sample");
        }
        return check(into);
    }

    private void decodeOwn(byte[] value, DecodedSample into) {
        cursor.reset(value, wire.headerBytes());
        SampleBody.decode(cursor, into);
    }

    /** Another writer's schema: Avro resolves it to ours, and ours is decoded as ever. Slow, and rare. */
    private void resolve(byte[] value, Schema writer, DecodedSample into) throws IOException {
        Schema own = LabeledSample.getClassSchema();
        GenericDatumReader<GenericRecord> reader =
                resolvers.computeIfAbsent(writer, schema -> new GenericDatumReader<>(schema, own));
        int from = wire.headerBytes();
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(value, from, value.length - from, null);
        GenericRecord record;
        try {
            record = reader.read(null, decoder);
        } catch (AvroRuntimeException e) {
            throw new MalformedException("not a sample of schema " + writer.getFullName() + ": " + e.getMessage());
        }
        int trailing = decoder.isEnd() ? 0 : 1;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length + 64);
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(own).write(record, encoder);
        encoder.flush();
        for (int i = 0; i < trailing; i++) bytes.write(0);
        cursor.reset(bytes.toByteArray(), 0);
        SampleBody.decode(cursor, into);
    }

    private @Nullable Rejection check(DecodedSample sample) {
        if (!(sample.weight >= 0) || sample.weight == Float.POSITIVE_INFINITY) {
            return new Rejection(
                    RejectionReason.BAD_WEIGHT, "weight must be finite and >= 0. Received: " + sample.weight);
        }
        int bad = firstNotFinite(sample.dense, sample.denseCount);
        if (bad >= 0) return notFinite("dense", bad, sample.dense[bad]);
        bad = firstNotFinite(sample.sparseValues, sample.sparseCount);
        if (bad >= 0) return notFinite("sparseValues", bad, sample.sparseValues[bad]);
        bad = firstNotFinite(sample.labels, sample.labelCount);
        if (bad >= 0) return notFinite("labels", bad, sample.labels[bad]);
        for (int i = 0; i < sample.tokenCount; i++) {
            if (sample.tokens[i] < 0) {
                return new Rejection(
                        RejectionReason.WRONG_FEATURES,
                        "tokens[" + i + "] must be >= 0. Received: " + sample.tokens[i]);
            }
        }
        return strictlyRising(sample.sparseIndices, sample.sparseCount) ? null : checkIndices(sample);
    }

    /** Whether all are >= 0 and none is there twice, for indices in their natural order. */
    private static boolean strictlyRising(int[] indices, int count) {
        int before = -1;
        for (int i = 0; i < count; i++) {
            if (indices[i] <= before) return false;
            before = indices[i];
        }
        return true;
    }

    private @Nullable Rejection checkIndices(DecodedSample sample) {
        int count = sample.sparseCount;
        if (sorted.length < count) sorted = new int[count];
        System.arraycopy(sample.sparseIndices, 0, sorted, 0, count);
        Arrays.sort(sorted, 0, count);
        if (sorted[0] < 0) {
            return new Rejection(RejectionReason.WRONG_FEATURES, "sparseIndices must be >= 0. Received: " + sorted[0]);
        }
        for (int i = 1; i < count; i++) {
            if (sorted[i] == sorted[i - 1]) {
                return new Rejection(
                        RejectionReason.WRONG_FEATURES, "sparseIndices must differ. Received twice: " + sorted[i]);
            }
        }
        return null;
    }

    private static Rejection notFinite(String field, int index, float value) {
        return new Rejection(RejectionReason.NOT_FINITE, field + "[" + index + "] must be finite. Received: " + value);
    }

    /** -1 if all are finite; the sum of v * 0 tells quickly, and is vectorized. */
    private static int firstNotFinite(float[] values, int count) {
        float zero = 0;
        for (int i = 0; i < count; i++) zero += values[i] * 0f;
        if (zero == 0f) return -1;
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) return i;
        }
        return -1;
    }
}
