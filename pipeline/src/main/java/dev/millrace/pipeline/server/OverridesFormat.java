package dev.millrace.pipeline.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Overrides within the server's state. */
final class OverridesFormat {
    private OverridesFormat() {}

    static void write(Overrides overrides, DataOutputView out) throws IOException {
        writeInteger(overrides.pinnedSize(), out);
        writeInteger(overrides.min(), out);
        writeInteger(overrides.max(), out);
        String policy = overrides.policy();
        out.writeBoolean(policy != null);
        if (policy != null) out.writeUTF(policy);
        Double rate = overrides.learningRate();
        out.writeBoolean(rate != null);
        if (rate != null) out.writeDouble(rate);
        out.writeBoolean(overrides.paused());
        out.writeBoolean(overrides.publishNow());
        out.writeInt(overrides.ids().size());
        for (String id : overrides.ids()) out.writeUTF(id);
    }

    static Overrides read(DataInputView in) throws IOException {
        Integer pinnedSize = readInteger(in);
        Integer min = readInteger(in);
        Integer max = readInteger(in);
        String policy = in.readBoolean() ? in.readUTF() : null;
        Double rate = in.readBoolean() ? in.readDouble() : null;
        boolean paused = in.readBoolean();
        boolean publishNow = in.readBoolean();
        int count = in.readInt();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) ids.add(in.readUTF());
        return new Overrides(pinnedSize, min, max, policy, rate, paused, publishNow, ids);
    }

    private static void writeInteger(@Nullable Integer value, DataOutputView out) throws IOException {
        out.writeBoolean(value != null);
        if (value != null) out.writeInt(value);
    }

    private static @Nullable Integer readInteger(DataInputView in) throws IOException {
        return in.readBoolean() ? in.readInt() : null;
    }
}
