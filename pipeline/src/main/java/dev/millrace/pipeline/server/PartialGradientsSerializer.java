package dev.millrace.pipeline.server;

import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.gradient.GradientSerializer;
import dev.millrace.pipeline.serializer.VersionedSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Blocks of gradients that are not whole, in a checkpoint. */
public final class PartialGradientsSerializer extends VersionedSerializer<PartialGradients> {
    private static final long serialVersionUID = 1L;

    static final PartialGradientsSerializer INSTANCE = new PartialGradientsSerializer();

    private PartialGradientsSerializer() {
        super(1);
    }

    @Override
    public PartialGradients createInstance() {
        return new PartialGradients();
    }

    @Override
    protected void write(PartialGradients partial, DataOutputView out) throws IOException {
        out.writeInt(partial.blocks.size());
        for (Gradient block : partial.blocks) new GradientSerializer().serialize(block, out);
    }

    @Override
    protected PartialGradients read(int written, DataInputView in) throws IOException {
        PartialGradients partial = new PartialGradients();
        int count = in.readInt();
        // What one serializer reads shares an array; each block keeps its own.
        for (int i = 0; i < count; i++) partial.blocks.add(new GradientSerializer().deserialize(in));
        return partial;
    }

    @Override
    public TypeSerializerSnapshot<PartialGradients> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names this serializer in state. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<PartialGradients> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
