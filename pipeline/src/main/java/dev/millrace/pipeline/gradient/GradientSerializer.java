package dev.millrace.pipeline.gradient;

import dev.millrace.model.metric.Outcomes;
import dev.millrace.pipeline.minibatch.SplitProgress;
import dev.millrace.pipeline.serializer.FloatArrays;
import dev.millrace.pipeline.serializer.IntArrays;
import dev.millrace.pipeline.serializer.SerializerType;
import dev.millrace.pipeline.serializer.VersionedSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Gradients on the edge to the parameter server. What it reads shares one array, overwritten by the next read: the
 * server adds or copies each block before it takes another, and a fresh megabyte per block would be mostly garbage collection.
 */
public final class GradientSerializer extends VersionedSerializer<Gradient> {
    private static final long serialVersionUID = 1L;
    public static final TypeInformation<Gradient> TYPE = new SerializerType<>(Gradient.class, new GradientSerializer());

    private transient float[] scratch = new float[0];
    private transient int[] rows = new int[0];

    public GradientSerializer() {
        super(4);
    }

    @Override
    public Gradient createInstance() {
        return new Gradient();
    }

    @Override
    protected void write(Gradient gradient, DataOutputView out) throws IOException {
        out.writeByte(gradient.kind.code);
        out.writeInt(gradient.worker);
        out.writeInt(gradient.workers);
        out.writeLong(gradient.incarnation);
        out.writeLong(gradient.version);
        out.writeLong(gradient.step);
        out.writeInt(gradient.table);
        out.writeInt(gradient.offset);
        out.writeInt(gradient.length);
        if (gradient.table == Gradient.DENSE) {
            FloatArrays.write(gradient.values, gradient.from, gradient.length, out);
        } else {
            out.writeInt(gradient.rowCount);
            IntArrays.write(gradient.rows, gradient.from, gradient.rowCount, out);
            int width = gradient.length / gradient.rowCount;
            FloatArrays.write(gradient.values, gradient.from * width, gradient.length, out);
        }
        Gradient.Summary summary = gradient.summary;
        out.writeBoolean(summary != null);
        if (summary == null) return;
        out.writeInt(summary.samples());
        summary.outcomes().write(out);
        summary.progress().write(out);
        out.writeLong(summary.minEventTime());
        out.writeLong(summary.maxEventTime());
        out.writeLong(summary.computeNanos());
        summary.signals().write(out);
        summary.engine().write(out);
        Gradient.Second second = summary.second();
        out.writeBoolean(second != null);
        if (second != null) second.write(out);
    }

    @Override
    protected Gradient read(int written, DataInputView in) throws IOException {
        Gradient gradient = new Gradient();
        gradient.kind = Gradient.Kind.of(in.readByte());
        gradient.worker = in.readInt();
        gradient.workers = in.readInt();
        gradient.incarnation = in.readLong();
        gradient.version = in.readLong();
        gradient.step = in.readLong();
        gradient.table = written == 1 ? Gradient.DENSE : in.readInt();
        gradient.offset = in.readInt();
        gradient.length = in.readInt();
        if (gradient.table != Gradient.DENSE) {
            gradient.rowCount = in.readInt();
            gradient.rows = rows(gradient.rowCount);
            IntArrays.read(gradient.rows, gradient.rowCount, in);
        }
        gradient.values = scratch(gradient.length);
        FloatArrays.read(gradient.values, 0, gradient.length, in);
        if (in.readBoolean()) {
            gradient.summary = new Gradient.Summary(
                    in.readInt(),
                    written < 3 ? Outcomes.readFormat1(in) : Outcomes.read(in),
                    SplitProgress.read(in),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    Gradient.Signals.read(in),
                    written < 4 ? EngineUsed.UNKNOWN : EngineUsed.read(in),
                    written > 3 && in.readBoolean() ? Gradient.Second.read(in) : null);
        }
        return gradient;
    }

    private int[] rows(int length) {
        if (rows == null || rows.length < length) rows = new int[length];
        return rows;
    }

    private float[] scratch(int length) {
        if (scratch == null || scratch.length < length) scratch = new float[length];
        return scratch;
    }

    @Override
    public Gradient copy(Gradient from) {
        Gradient copy = super.copy(from);
        scratch = new float[0]; // the copy keeps the arrays
        rows = new int[0];
        return copy;
    }

    @Override
    public TypeSerializer<Gradient> duplicate() {
        return new GradientSerializer();
    }

    @Override
    public TypeSerializerSnapshot<Gradient> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names this serializer in state. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Gradient> {
        public Snapshot() {
            super(GradientSerializer::new);
        }
    }
}
