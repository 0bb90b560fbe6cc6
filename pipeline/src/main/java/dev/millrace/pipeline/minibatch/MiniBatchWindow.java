package dev.millrace.pipeline.minibatch;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.api.windowing.windows.Window;

/** The window that collects one mini-batch. It ends by count or age, never by time stamp. */
public final class MiniBatchWindow extends Window {
    private final long batchId;
    private final int size;

    /**
     * @param batchId unique in the job
     * @param size how many samples close it
     */
    public MiniBatchWindow(long batchId, int size) {
        this.batchId = batchId;
        this.size = size;
    }

    public long batchId() {
        return batchId;
    }

    public int size() {
        return size;
    }

    @Override
    public long maxTimestamp() {
        return Long.MAX_VALUE; // so that Flink registers no clean-up timer
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MiniBatchWindow that && batchId == that.batchId && size == that.size;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(batchId);
    }

    @Override
    public String toString() {
        return "MiniBatchWindow[" + batchId + ", " + size + "]";
    }

    /** (batchId, size), 12 bytes. */
    public static final class Serializer extends TypeSerializerSingleton<MiniBatchWindow> {
        private static final long serialVersionUID = 1L;
        public static final Serializer INSTANCE = new Serializer();

        @Override
        public boolean isImmutableType() {
            return true;
        }

        @Override
        public MiniBatchWindow createInstance() {
            return new MiniBatchWindow(0, 1);
        }

        @Override
        public MiniBatchWindow copy(MiniBatchWindow from) {
            return from;
        }

        @Override
        public MiniBatchWindow copy(MiniBatchWindow from, MiniBatchWindow reuse) {
            return from;
        }

        @Override
        public int getLength() {
            return Long.BYTES + Integer.BYTES;
        }

        @Override
        public void serialize(MiniBatchWindow window, DataOutputView out) throws IOException {
            out.writeLong(window.batchId);
            out.writeInt(window.size);
        }

        @Override
        public MiniBatchWindow deserialize(DataInputView in) throws IOException {
            return new MiniBatchWindow(in.readLong(), in.readInt());
        }

        @Override
        public MiniBatchWindow deserialize(MiniBatchWindow reuse, DataInputView in) throws IOException {
            return deserialize(in);
        }

        @Override
        public void copy(DataInputView in, DataOutputView out) throws IOException {
            out.write(in, getLength());
        }

        @Override
        public TypeSerializerSnapshot<MiniBatchWindow> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names this serializer in state. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<MiniBatchWindow> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
