package dev.millrace.pipeline.serve;

import dev.millrace.schemas.wire.SchemaCatalog;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/** Rows as an Avro object container file, of whatever schema resolves to the one that is read. */
final class AvroInput {
    static final String CONTENT_TYPE = "avro/binary";

    private AvroInput() {}

    /** @throws ProblemException naming what is no such file, or the row that cannot be taken */
    static void read(byte[] body, RecordInput records, Rows rows) throws IOException {
        GenericDatumReader<GenericRecord> resolver = new GenericDatumReader<>();
        try (DataFileReader<GenericRecord> file = open(body, resolver)) {
            check(file, body);
            resolver.setExpected(records.schema());
            for (GenericRecord next = next(file, rows); next != null; next = next(file, rows)) records.add(next, rows);
        }
    }

    private static DataFileReader<GenericRecord> open(byte[] body, GenericDatumReader<GenericRecord> resolver) {
        try {
            return new DataFileReader<>(new SeekableByteArrayInput(body), resolver);
        } catch (IOException | AvroRuntimeException e) {
            throw ProblemException.badRequest("The body must be an Avro object container file: " + e.getMessage());
        }
    }

    /** What the file claims is compared with what is there, before memory is taken for it. */
    private static void check(DataFileReader<GenericRecord> file, byte[] body) throws IOException {
        String codec = file.getMetaString(DataFileConstants.CODEC);
        if (codec != null && !codec.equals(DataFileConstants.NULL_CODEC)) {
            throw ProblemException.badRequest(
                    "The file must not be compressed, avro.codec null: a few bytes could claim"
                            + " any number of rows. Received: " + codec);
        }
        try {
            Schema unused = SchemaCatalog.checked(file.getSchema());
        } catch (IllegalArgumentException e) {
            throw ProblemException.badRequest("The file's schema cannot be taken: " + e.getMessage());
        }
        int at = (int) file.previousSync();
        while (at < body.length) {
            BinaryDecoder block = DecoderFactory.get().binaryDecoder(body, at, body.length - at, null);
            long bytes;
            int head;
            try {
                long unused = block.readLong();
                bytes = block.readLong();
                head = body.length - at - block.inputStream().available();
            } catch (IOException | AvroRuntimeException e) {
                throw ProblemException.badRequest("The file ends within a block: " + e.getMessage());
            }
            long left = (long) body.length - at - head - DataFileConstants.SYNC_SIZE;
            if (bytes < 0 || bytes > left) {
                throw ProblemException.badRequest(
                        "The file announces a block of " + bytes + " bytes. Received: " + Math.max(0, left));
            }
            at += head + (int) bytes + DataFileConstants.SYNC_SIZE;
        }
    }

    /** Null after the last. */
    private static @Nullable GenericRecord next(DataFileReader<GenericRecord> file, Rows rows) {
        try {
            return file.hasNext() ? file.next() : null;
        } catch (AvroRuntimeException | IndexOutOfBoundsException | ClassCastException e) {
            throw rows.wrong("cannot be read as " + file.getSchema().getFullName() + ": " + e.getMessage());
        } catch (StackOverflowError e) {
            throw rows.wrong("is nested too deep");
        }
    }
}
