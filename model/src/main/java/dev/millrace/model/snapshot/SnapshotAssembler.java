package dev.millrace.model.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Puts a snapshot together from its parts, which must come in order; refuses whatever is not exactly as announced. Room
 * is made for parts that are there, not for those announced: a manifest alone can claim gigabytes.
 */
public final class SnapshotAssembler {
    private final SnapshotManifest manifest;
    private float[] parameters = new float[0];
    private final MessageDigest total = Checksums.sha256();
    private int next;
    private int filled;

    /** @param manifest what to expect; it has been checked */
    public SnapshotAssembler(SnapshotManifest manifest) {
        this.manifest = manifest;
        int expected = manifest.modelSpec().layout().size();
        if (manifest.parameters() != expected) {
            throw new SnapshotException(
                    where() + ": its model has " + expected + " parameters. Announced: " + manifest.parameters());
        }
    }

    /**
     * Adds the next part.
     *
     * @throws SnapshotException if it is not the next, or not what the manifest says
     */
    public void add(int part, byte[] bytes) {
        if (part != next || part >= manifest.parts().size()) {
            throw new SnapshotException(where() + ": part " + next + " of "
                    + manifest.parts().size() + " must come next. Received: part " + part);
        }
        SnapshotManifest.Part announced = manifest.parts().get(part);
        if (bytes.length != announced.size()) {
            throw new SnapshotException(where() + ": part " + part + " must have " + announced.size()
                    + " bytes. Received: " + bytes.length);
        }
        if (!Checksums.of(bytes).equals(announced.sha256())) {
            throw new SnapshotException(
                    where() + ": part " + part + " is damaged: its SHA-256 is not the announced one");
        }
        total.update(bytes);
        int length = bytes.length / Float.BYTES;
        makeRoom(length);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(parameters, filled, length);
        filled += length;
        next++;
    }

    /** Doubles, up to the announced size. */
    private void makeRoom(int length) {
        int needed = filled + length;
        if (needed <= parameters.length) return;
        int doubled = (int) Math.min(2L * parameters.length, manifest.parameters());
        parameters = Arrays.copyOf(parameters, Math.max(needed, doubled));
    }

    /** @throws SnapshotException if a part is missing or the whole is not what the manifest says */
    public Snapshot finish() {
        if (next != manifest.parts().size()) {
            throw new SnapshotException(
                    where() + ": " + manifest.parts().size() + " parts were announced. Received: " + next);
        }
        if (!Checksums.hex(total.digest()).equals(manifest.sha256())) {
            throw new SnapshotException(where() + " is damaged: its SHA-256 is not the announced one");
        }
        return new Snapshot(manifest, parameters);
    }

    private String where() {
        return "snapshot " + manifest.model() + " version " + manifest.version();
    }
}
