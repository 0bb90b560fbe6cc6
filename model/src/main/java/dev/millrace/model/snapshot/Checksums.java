package dev.millrace.model.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, in hex. */
final class Checksums {
    private Checksums() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    static String of(byte[] bytes) {
        return hex(sha256().digest(bytes));
    }

    /** Of values as little-endian bytes. */
    static String of(float[] values) {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
        int perUpdate = buffer.capacity() / Float.BYTES;
        for (int from = 0; from < values.length; from += perUpdate) {
            int length = Math.min(perUpdate, values.length - from);
            buffer.asFloatBuffer().put(values, from, length);
            digest.update(buffer.array(), 0, length * Float.BYTES);
        }
        return hex(digest.digest());
    }

    static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
