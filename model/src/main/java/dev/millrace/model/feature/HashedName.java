package dev.millrace.model.feature;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.avro.util.Utf8;

/** Hashes {@code field=value}: the field's part is encoded once, the value's into the same bytes. Not for several threads at once. */
final class HashedName {
    private final int prefix;
    private byte[] bytes; // of the field and =, then room

    HashedName(String field) {
        byte[] name = (field + "=").getBytes(StandardCharsets.UTF_8);
        this.prefix = name.length;
        this.bytes = Arrays.copyOf(name, prefix + 32);
    }

    /**
     * {@code murmur3("field=value") mod buckets}.
     *
     * @param text what other values than Avro's texts are called
     */
    int bucket(Object value, Function<Object, String> text, int buckets) {
        if (value instanceof Utf8 utf8) return bucket(utf8.getBytes(), utf8.getByteLength(), buckets);
        byte[] encoded = text.apply(value).getBytes(StandardCharsets.UTF_8);
        return bucket(encoded, encoded.length, buckets);
    }

    /** Of no value. */
    int bucketOfNothing(int buckets) {
        return Murmur3.bucket(Murmur3.hash(bytes, prefix), buckets);
    }

    private int bucket(byte[] value, int length, int buckets) {
        if (bytes.length < prefix + length) bytes = Arrays.copyOf(bytes, 2 * (prefix + length));
        System.arraycopy(value, 0, bytes, prefix, length);
        return Murmur3.bucket(Murmur3.hash(bytes, prefix + length), buckets);
    }
}
