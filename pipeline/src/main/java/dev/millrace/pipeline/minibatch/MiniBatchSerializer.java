package dev.millrace.pipeline.minibatch;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.pipeline.serializer.FloatArrays;
import dev.millrace.pipeline.serializer.SerializerType;
import dev.millrace.pipeline.serializer.VersionedSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Mini-batches in windows, on the edge to the worker and in its queue. */
public final class MiniBatchSerializer extends VersionedSerializer<MiniBatch> {
    private static final long serialVersionUID = 1L;
    public static final MiniBatchSerializer INSTANCE = new MiniBatchSerializer();
    public static final TypeInformation<MiniBatch> TYPE = new SerializerType<>(MiniBatch.class, INSTANCE);

    private MiniBatchSerializer() {
        super(1);
    }

    @Override
    public MiniBatch createInstance() {
        return new MiniBatch(new SampleBatch(1, 1, 1), new SplitProgress());
    }

    @Override
    protected void write(MiniBatch batch, DataOutputView out) throws IOException {
        SampleBatch samples = batch.samples;
        out.writeInt(samples.featureWidth());
        out.writeInt(samples.labelWidth());
        out.writeInt(samples.rows());
        FloatArrays.write(samples.features(), 0, samples.rows() * samples.featureWidth(), out);
        FloatArrays.write(samples.labels(), 0, samples.rows() * samples.labelWidth(), out);
        FloatArrays.write(samples.weights(), 0, samples.rows(), out);
        batch.progress.write(out);
        out.writeLong(batch.minEventTime);
        out.writeLong(batch.maxEventTime);
        out.writeLong(batch.token);
    }

    @Override
    protected MiniBatch read(int written, DataInputView in) throws IOException {
        int featureWidth = in.readInt();
        int labelWidth = in.readInt();
        int rows = in.readInt();
        SampleBatch samples = new SampleBatch(featureWidth, labelWidth, Math.max(1, rows));
        samples.setRows(rows);
        FloatArrays.read(samples.features(), 0, rows * featureWidth, in);
        FloatArrays.read(samples.labels(), 0, rows * labelWidth, in);
        FloatArrays.read(samples.weights(), 0, rows, in);
        MiniBatch batch = new MiniBatch(samples, SplitProgress.read(in));
        batch.minEventTime = in.readLong();
        batch.maxEventTime = in.readLong();
        batch.token = in.readLong();
        return batch;
    }

    @Override
    public TypeSerializerSnapshot<MiniBatch> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names this serializer in state. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<MiniBatch> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
