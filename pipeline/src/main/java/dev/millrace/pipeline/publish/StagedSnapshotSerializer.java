package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1: model, version, name. Version 2: also the aliases. Version 3: also the root. */
final class StagedSnapshotSerializer implements SimpleVersionedSerializer<StagedSnapshot> {

    private static final int VERSION = 3;

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
        byte[] aliases = staged.aliases().getBytes(UTF_8); // many changes may exceed the 64 KiB of writeUTF
        out.writeInt(aliases.length);
        out.write(aliases);
        out.writeUTF(staged.root());
        return bytes.toByteArray();
    }

    @Override
    public StagedSnapshot deserialize(int version, byte[] serialized) throws IOException {
        if (version < 1 || version > VERSION) {
            throw new IOException(
                    "Staged snapshot of format " + version + "; this program reads formats 1 to " + VERSION);
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
        String model = in.readUTF();
        long snapshotVersion = in.readLong();
        String name = in.readUTF();
        if (version == 1) return new StagedSnapshot(model, snapshotVersion, "", name, "");
        byte[] aliases = new byte[in.readInt()];
        in.readFully(aliases);
        String root = version < 3 ? "" : in.readUTF();
        return new StagedSnapshot(model, snapshotVersion, root, name, new String(aliases, UTF_8));
    }
}
