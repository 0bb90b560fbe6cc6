package dev.millrace.schemas.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records of one of our schemas in Avro's single-object encoding, which names its schema by fingerprint: what leaves the
 * job can be told apart and checked without a registry. What earlier schemas of the same name wrote is read too, with the
 * defaults of what they lacked.
 */
public final class AvroFraming<T extends SpecificRecord> {
    private static final int HEADER = WireFormat.SINGLE_OBJECT.headerBytes();

    private final Schema schema;
    private final byte[] header;
    private final SpecificDatumWriter<T> writer;
    private final List<Writing<T>> writings = new ArrayList<>(); // the present one first

    /** How some release wrote the record. */
    private record Writing<T>(Schema schema, byte[] header, SpecificDatumReader<T> reader) {
        boolean wrote(byte[] bytes) {
            return bytes.length >= HEADER && Arrays.equals(bytes, 0, HEADER, header, 0, HEADER);
        }
    }

    /** @param type the class generated from the schema */
    public AvroFraming(Class<T> type) {
        SpecificData data = new OwnClasses(type);
        this.schema = data.getSchema(type);
        this.header = WireFormat.SINGLE_OBJECT.header(0, schema);
        this.writer = new SpecificDatumWriter<>(schema, data);
        writings.add(new Writing<>(schema, header, new SpecificDatumReader<>(schema, schema, data)));
        Schema earlier;
        for (int version = 1; (earlier = earlier(version, schema.getName())) != null; version++) {
            writings.add(new Writing<>(
                    earlier,
                    WireFormat.SINGLE_OBJECT.header(0, earlier),
                    new SpecificDatumReader<>(earlier, schema, data)));
        }
    }

    /** The texts that a schema had, from 1 on; null behind the present one. */
    private static @Nullable Schema earlier(int version, String name) {
        String path = "/dev/millrace/schemas/v" + version + "/" + name + ".avsc";
        try (InputStream in = AvroFraming.class.getResourceAsStream(path)) {
            return in == null ? null : new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The framed record. */
    public byte[] encode(T record) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream(256);
            out.write(header);
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            writer.write(record, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a framed record.
     *
     * @throws IllegalArgumentException if it is of another schema, damaged, or followed by other bytes
     */
    public T decode(byte[] bytes) {
        for (Writing<T> writing : writings) {
            if (writing.wrote(bytes)) return decode(writing, bytes);
        }
        int differs = 0;
        while (differs < bytes.length && differs < HEADER && bytes[differs] == header[differs]) differs++;
        throw new IllegalArgumentException("not a record of schema " + schema.getFullName() + " (" + bytes.length
                + " bytes): its header differs at byte " + differs);
    }

    private T decode(Writing<T> writing, byte[] bytes) {
        try {
            BinaryDecoder walk = DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
            GenericDatumReader.skip(writing.schema(), walk); // allocates nothing, whatever lengths the bytes claim
            if (!walk.isEnd()) {
                throw new IllegalArgumentException("bytes follow the record of schema " + schema.getFullName());
            }
            BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
            return writing.reader().read(null, decoder);
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException | UnsupportedOperationException e) {
            throw new IllegalArgumentException("damaged record of schema " + schema.getFullName() + ": " + e, e);
        }
    }

    /** Knows the classes of one schema instead of looking any up by name, which Avro refuses for good reason. */
    private static final class OwnClasses extends SpecificData {
        private final Map<String, Class<?>> classes = new HashMap<>();

        OwnClasses(Class<?> type) {
            super(type.getClassLoader());
            collect(super.getSchema(type), type.getClassLoader());
        }

        private void collect(Schema schema, ClassLoader loader) {
            switch (schema.getType()) {
                case RECORD -> {
                    if (!know(schema, loader)) return;
                    schema.getFields().forEach(field -> collect(field.schema(), loader));
                }
                case ENUM -> know(schema, loader);
                case ARRAY -> collect(schema.getElementType(), loader);
                case UNION -> schema.getTypes().forEach(branch -> collect(branch, loader));
                default -> {}
            }
        }

        /** Whether it was not known before. */
        private boolean know(Schema named, ClassLoader loader) {
            try {
                return classes.put(named.getFullName(), Class.forName(named.getFullName(), false, loader)) == null;
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("generated with the class that names it: " + named.getFullName(), e);
            }
        }

        @Override
        @SuppressWarnings("rawtypes") // as in SpecificData
        public @Nullable Class getClass(Schema schema) {
            return switch (schema.getType()) {
                case RECORD, ENUM -> classes.get(schema.getFullName());
                default -> super.getClass(schema);
            };
        }
    }
}
