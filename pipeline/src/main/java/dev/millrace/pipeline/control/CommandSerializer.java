package dev.millrace.pipeline.control;

import dev.millrace.pipeline.serializer.SerializerType;
import dev.millrace.pipeline.serializer.VersionedSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Commands on the edge to the parameter server. */
public final class CommandSerializer extends VersionedSerializer<Command> {
    private static final long serialVersionUID = 1L;
    private static final CommandSerializer INSTANCE = new CommandSerializer();

    public static final TypeInformation<Command> TYPE = new SerializerType<>(Command.class, INSTANCE);

    private CommandSerializer() {
        super(2);
    }

    @Override
    public Command createInstance() {
        return Command.malformed("", 0, "");
    }

    @Override
    protected void write(Command command, DataOutputView out) throws IOException {
        out.writeUTF(command.id());
        out.writeUTF(command.model());
        out.writeLong(command.time());
        Action action = command.action();
        out.writeUTF(action == null ? "" : action.name());
        writeInteger(command.size(), out);
        writeInteger(command.min(), out);
        writeInteger(command.max(), out);
        String policy = command.policy();
        out.writeBoolean(policy != null);
        if (policy != null) out.writeUTF(policy);
        Double rate = command.learningRate();
        out.writeBoolean(rate != null);
        if (rate != null) out.writeDouble(rate);
        out.writeUTF(command.problem());
        Long version = command.version();
        out.writeBoolean(version != null);
        if (version != null) out.writeLong(version);
        out.writeBoolean(command.pin());
        out.writeUTF(command.user());
        out.writeUTF(command.reason());
    }

    @Override
    protected Command read(int written, DataInputView in) throws IOException {
        String id = in.readUTF();
        String model = in.readUTF();
        long time = in.readLong();
        String action = in.readUTF();
        Integer size = readInteger(in);
        Integer min = readInteger(in);
        Integer max = readInteger(in);
        String policy = in.readBoolean() ? in.readUTF() : null;
        Double rate = in.readBoolean() ? in.readDouble() : null;
        String problem = in.readUTF();
        Action named = action.isEmpty() ? null : Action.valueOf(action);
        boolean ofChampions = written > 1;
        return new Command(
                id,
                model,
                time,
                named,
                size,
                min,
                max,
                policy,
                rate,
                ofChampions && in.readBoolean() ? in.readLong() : null,
                ofChampions && in.readBoolean(),
                ofChampions ? in.readUTF() : "",
                ofChampions ? in.readUTF() : "",
                problem);
    }

    private static void writeInteger(@Nullable Integer value, DataOutputView out) throws IOException {
        out.writeBoolean(value != null);
        if (value != null) out.writeInt(value);
    }

    private static @Nullable Integer readInteger(DataInputView in) throws IOException {
        return in.readBoolean() ? in.readInt() : null;
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public Command copy(Command from) {
        return from;
    }

    @Override
    public TypeSerializerSnapshot<Command> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names this serializer in state. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Command> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
