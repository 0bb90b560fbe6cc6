package dev.millrace.pipeline.gradient;

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
 * Parameter blocks on the broadcast edge and in the workers' broadcast state. What is read from the edge shares one
 * array, overwritten by the next read: a worker copies each block before it takes another, see {@link
 * ParameterBlock#set}, and a fresh megabyte per block would be mostly garbage collection. What is read from state has an
 * array of its own.
 */
public final class ParameterBlockSerializer extends VersionedSerializer<ParameterBlock> {
    private static final long serialVersionUID = 1L;

    /** For the edge. */
    public static final TypeInformation<ParameterBlock> TYPE =
            new SerializerType<>(ParameterBlock.class, new ParameterBlockSerializer(true));

    private final boolean shared;
    private transient float[] scratch = new float[0];
    private transient int[] rows = new int[0];

    /** For state. */
    public ParameterBlockSerializer() {
        this(false);
    }

    private ParameterBlockSerializer(boolean shared) {
        super(3);
        this.shared = shared;
    }

    @Override
    public ParameterBlock createInstance() {
        return new ParameterBlock();
    }

    @Override
    protected void write(ParameterBlock block, DataOutputView out) throws IOException {
        out.writeLong(block.incarnation);
        out.writeLong(block.version);
        out.writeInt(block.block);
        out.writeInt(block.blocks);
        out.writeInt(block.offset);
        out.writeInt(block.globalBatch);
        out.writeBoolean(block.paused);
        out.writeLong(block.since);
        out.writeInt(block.table);
        out.writeInt(block.rowCount);
        IntArrays.write(block.rows, block.from, block.rowCount, out);
        out.writeInt(block.length);
        FloatArrays.write(block.values, block.valuesFrom(), block.length, out);
    }

    @Override
    protected ParameterBlock read(int written, DataInputView in) throws IOException {
        ParameterBlock block = new ParameterBlock();
        block.incarnation = in.readLong();
        block.version = in.readLong();
        block.block = in.readInt();
        block.blocks = in.readInt();
        block.offset = in.readInt();
        block.globalBatch = in.readInt();
        block.paused = written > 1 && in.readBoolean();
        if (written > 2) readRows(block, in);
        block.length = in.readInt();
        block.values = shared ? scratch(block.length) : new float[block.length];
        FloatArrays.read(block.values, 0, block.length, in);
        return block;
    }

    private void readRows(ParameterBlock block, DataInputView in) throws IOException {
        block.since = in.readLong();
        block.table = in.readInt();
        block.rowCount = in.readInt();
        block.rows = shared ? rows(block.rowCount) : new int[block.rowCount];
        IntArrays.read(block.rows, block.rowCount, in);
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
    public ParameterBlock copy(ParameterBlock from) {
        ParameterBlock copy = new ParameterBlock();
        copy.set(from);
        return copy;
    }

    @Override
    public TypeSerializer<ParameterBlock> duplicate() {
        return new ParameterBlockSerializer(shared);
    }

    @Override
    public TypeSerializerSnapshot<ParameterBlock> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names this serializer in state. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ParameterBlock> {
        public Snapshot() {
            super(ParameterBlockSerializer::new);
        }
    }
}
