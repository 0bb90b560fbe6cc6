package dev.millrace.pipeline.publish;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1: model, version, name. */
final class StagedSnapshotSerializer implements SimpleVersionedSerializer<StagedSnapshot> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(StagedSnapshot staged) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(staged.model());
        out.writeLong(staged.version());
        out.writeUTF(staged.name());
        return bytes.toByteArray();
    }

    @Override
    public StagedSnapshot deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("Staged snapshot of format " + version + "; this program reads format " + VERSION);
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
        return new StagedSnapshot(in.readUTF(), in.readLong(), in.readUTF());
    }
}
