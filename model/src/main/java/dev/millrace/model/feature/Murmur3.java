package dev.millrace.model.feature;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * MurmurHash3, x86, 32 bits, seed 0, of a text's UTF-8: the same on every machine and in every release, as features are
 * placed by it. Example: {@code hello} gives 0x248bfa47.
 */
final class Murmur3 {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Murmur3() {}

    /** {@code hash mod buckets}, the hash read as unsigned: in 0..buckets-1. */
    static int bucket(String text, int buckets) {
        return bucket(hash(text.getBytes(StandardCharsets.UTF_8)), buckets);
    }

    /** {@code hash mod buckets}, the hash read as unsigned: in 0..buckets-1. */
    static int bucket(int hash, int buckets) {
        boolean powerOfTwo = (buckets & (buckets - 1)) == 0; // as most are, and a division takes longer than the hash
        return powerOfTwo ? hash & (buckets - 1) : Integer.remainderUnsigned(hash, buckets);
    }

    static int hash(byte[] bytes) {
        return hash(bytes, bytes.length);
    }

    /** Of the first {@code length} bytes. */
    static int hash(byte[] bytes, int length) {
        int hash = 0;
        int blocks = length & ~3;
        for (int i = 0; i < blocks; i += 4) {
            hash ^= scrambled((int) WORD.get(bytes, i));
            hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
        }
        if (length > blocks) hash ^= scrambled(tail(bytes, blocks, length - blocks));
        hash ^= length;
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        return hash ^ (hash >>> 16);
    }

    private static int tail(byte[] bytes, int from, int count) {
        int word = 0;
        for (int i = 0; i < count; i++) word |= (bytes[from + i] & 0xff) << (8 * i);
        return word;
    }

    private static int scrambled(int word) {
        return Integer.rotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593;
    }
}
