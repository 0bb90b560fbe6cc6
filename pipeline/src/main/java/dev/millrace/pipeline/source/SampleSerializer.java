package dev.millrace.pipeline.source;

import dev.millrace.pipeline.serializer.FloatArrays;
import dev.millrace.pipeline.serializer.SerializerType;
import dev.millrace.pipeline.serializer.VersionedSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes accepted samples. In the job they never leave their task: source, stamper and window are one chain. */
public final class SampleSerializer extends VersionedSerializer<Sample> {
    private static final long serialVersionUID = 1L;
    public static final SampleSerializer INSTANCE = new SampleSerializer();
    public static final TypeInformation<Sample> TYPE = new SerializerType<>(Sample.class, INSTANCE);

    private SampleSerializer() {
        super(1);
    }

    @Override
    public Sample createInstance() {
        return new Sample();
    }

    @Override
    protected void write(Sample sample, DataOutputView out) throws IOException {
        if (sample.deadLetter != null) {
            throw new IOException("a dead letter has no place on a sample edge: keep source and stamper chained");
        }
        FloatArrays.write(sample.features, out);
        FloatArrays.write(sample.labels, out);
        out.writeFloat(sample.weight);
        out.writeLong(sample.eventTime);
        out.writeInt(sample.split);
        out.writeLong(sample.offset);
        out.writeInt(sample.key);
        out.writeLong(sample.batchId);
        out.writeInt(sample.batchSize);
        out.writeInt(sample.position);
        out.writeBoolean(sample.closes);
    }

    @Override
    protected Sample read(int written, DataInputView in) throws IOException {
        Sample sample = new Sample();
        sample.features = FloatArrays.read(in);
        sample.labels = FloatArrays.read(in);
        sample.weight = in.readFloat();
        sample.eventTime = in.readLong();
        sample.split = in.readInt();
        sample.offset = in.readLong();
        sample.key = in.readInt();
        sample.batchId = in.readLong();
        sample.batchSize = in.readInt();
        sample.position = in.readInt();
        sample.closes = in.readBoolean();
        return sample;
    }

    @Override
    public TypeSerializerSnapshot<Sample> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names this serializer in state. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Sample> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
