package dev.millrace.model.snapshot;

import dev.millrace.model.spec.ModelSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot cut into parts that fit a record.
 *
 * @param manifest what the parts are
 * @param parts little-endian float32, in order
 */
public record SnapshotParts(SnapshotManifest manifest, List<byte[]> parts) {

    /**
     * Cuts parameters into parts.
     *
     * @param created milliseconds since the epoch
     * @param maxPartBytes largest part, bytes; at least one value's 4
     */
    public static SnapshotParts split(
            ModelSpec spec,
            long version,
            long created,
            float[] parameters,
            Map<String, String> provenance,
            int maxPartBytes) {
        return split(spec, null, version, created, parameters, provenance, maxPartBytes);
    }

    /**
     * The same with the mapping of a user's records.
     *
     * @param features JSON of the mapping; null for none
     */
    public static SnapshotParts split(
            ModelSpec spec,
            @Nullable String features,
            long version,
            long created,
            float[] parameters,
            Map<String, String> provenance,
            int maxPartBytes) {
        if (maxPartBytes < Float.BYTES) {
            throw new IllegalArgumentException(
                    "publish.max-part-bytes must be >= " + Float.BYTES + ". Received: " + maxPartBytes);
        }
        if (parameters.length != spec.layout().size()) {
            throw new IllegalArgumentException("model " + spec.name() + " has "
                    + spec.layout().size() + " parameters. Received: " + parameters.length);
        }
        int perPart = maxPartBytes / Float.BYTES;
        MessageDigest total = Checksums.sha256();
        List<byte[]> parts = new ArrayList<>();
        List<SnapshotManifest.Part> described = new ArrayList<>();
        for (int from = 0; from < parameters.length; from += perPart) {
            byte[] bytes = bytes(parameters, from, Math.min(perPart, parameters.length - from));
            total.update(bytes);
            parts.add(bytes);
            described.add(new SnapshotManifest.Part(bytes.length, Checksums.of(bytes)));
        }
        SnapshotManifest manifest = new SnapshotManifest(
                SnapshotManifest.FORMAT,
                spec.name(),
                version,
                created,
                spec.toJson(),
                SnapshotManifest.F32,
                parameters.length,
                described,
                Checksums.hex(total.digest()),
                provenance,
                features);
        return new SnapshotParts(manifest, parts);
    }

    private static byte[] bytes(float[] values, int from, int length) {
        ByteBuffer buffer = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values, from, length);
        return buffer.array();
    }
}
