package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeState;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.metric.PrequentialMetrics;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.pipeline.minibatch.SplitProgress;
import dev.millrace.pipeline.serializer.FloatArrays;
import dev.millrace.pipeline.serializer.VersionedSerializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The server's part of a checkpoint. */
public final class TrainingStateSerializer extends VersionedSerializer<TrainingState> {
    private static final long serialVersionUID = 1L;

    /** By slots: they told them apart then. */
    private static final List<String> OPTIMIZERS_BEFORE_FORMAT_5 = List.of("sgd", "momentum", "adam");

    static final TrainingStateSerializer INSTANCE = new TrainingStateSerializer();

    private TrainingStateSerializer() {
        super(10);
    }

    @Override
    public TrainingState createInstance() {
        throw new UnsupportedOperationException("a training state needs a model");
    }

    @Override
    protected void write(TrainingState state, DataOutputView out) throws IOException {
        writeText(state.modelJson, out);
        writeText(state.optimizer, out);
        FloatArrays.write(state.parameters, out);
        out.writeInt(state.optimizerState.slots().length);
        for (float[] slot : state.optimizerState.slots()) FloatArrays.write(slot, out);
        writeNumbers(state.batchSize.toArray(), out);
        writeNumbers(state.drift, out);
        FloatArrays.write(state.gradientBefore, out);
        FloatArrays.write(state.anchor, out);
        state.metrics.write(out);
        out.writeLong(state.version);
        out.writeLong(state.steps);
        out.writeLong(state.optimizerSteps);
        out.writeLong(state.drifts);
        out.writeLong(state.totalSamples);
        out.writeLong(state.staleGradients);
        out.writeLong(state.refusedSteps);
        out.writeInt(state.refusedInARow);
        out.writeLong(state.publishedVersion);
        out.writeDouble(state.lastLoss);
        out.writeLong(state.maxEventTime);
        state.progress.write(out);
        OverridesFormat.write(state.overrides, out);
        String features = state.features;
        writeText(features == null ? "" : features, out);
        TablesFormat.write(state.tables, out);
        TablesFormat.write(state.rowsBefore, out);
        TablesFormat.write(state.rowsAtAnchor, out);
        StandingFormat.write(state.standing, out);
        state.engines.write(out);
        out.writeInt(state.topics.size());
        for (String topic : state.topics) writeText(topic, out);
        Challenge challenge = state.challenge;
        out.writeBoolean(challenge != null);
        if (challenge != null) challenge.write(out);
        out.writeInt(state.pendingSamples);
        if (state.pendingSamples == 0) return;
        state.pending.write(out);
        state.signals.write(out);
        state.pendingProgress.write(out);
        out.writeLong(state.pendingMaxEventTime);
        FloatArrays.write(state.gradientSum, 0, state.gradientSum.length, out);
        TablesFormat.write(state.rowSums, out);
    }

    @Override
    protected TrainingState read(int written, DataInputView in) throws IOException {
        String modelJson = readText(in);
        String optimizer = readText(in);
        float[] parameters = FloatArrays.read(in);
        float[][] slots = new float[in.readInt()][];
        for (int i = 0; i < slots.length; i++) slots[i] = FloatArrays.read(in);
        BatchSizeState batchSize =
                written == 1 ? readBatchSizeOfFormat1(in) : BatchSizeState.fromArray(readNumbers(in));
        double[] drift = written == 1 ? new double[0] : readNumbers(in);
        float[] gradientBefore = written == 1 ? new float[0] : FloatArrays.read(in);
        float[] anchor = written < 3 ? new float[0] : FloatArrays.read(in);
        TrainingState state = new TrainingState(
                modelJson,
                written < 5 ? OPTIMIZERS_BEFORE_FORMAT_5.get(slots.length) : optimizer,
                parameters,
                new OptimizerState(slots),
                List.of(),
                batchSize,
                PrequentialMetrics.read(in));
        state.version = in.readLong();
        state.steps = in.readLong();
        state.optimizerSteps = written == 1 ? state.steps : in.readLong();
        state.drifts = written == 1 ? 0 : in.readLong();
        state.drift = drift;
        state.gradientBefore = gradientBefore;
        state.anchor = anchor;
        state.totalSamples = in.readLong();
        state.staleGradients = in.readLong();
        state.refusedSteps = in.readLong();
        state.refusedInARow = in.readInt();
        state.publishedVersion = in.readLong();
        state.lastLoss = in.readDouble();
        state.maxEventTime = in.readLong();
        state.progress = SplitProgress.read(in);
        if (written > 3) state.overrides = OverridesFormat.read(in);
        if (written > 5) state.features = readText(in);
        if (written > 6) {
            state.setTables(TablesFormat.read(in));
            state.rowsBefore = TablesFormat.read(state.tables, in);
            state.rowsAtAnchor = TablesFormat.read(state.tables, in);
        }
        if (written > 7) state.standing = StandingFormat.read(in);
        if (written > 8) state.engines = EnginesInUse.read(in);
        if (written > 9) state.topics = readTexts(in);
        if (written > 8 && in.readBoolean()) state.challenge = Challenge.read(in);
        state.pendingSamples = in.readInt();
        if (state.pendingSamples == 0) return state;
        state.pending = written < 8 ? Outcomes.readFormat1(in) : Outcomes.read(in);
        if (written > 1) state.signals = StepSignals.read(in);
        state.pendingProgress = SplitProgress.read(in);
        state.pendingMaxEventTime = in.readLong();
        FloatArrays.read(state.gradientSum, 0, parameters.length, in);
        if (written > 6) state.rowSums = TablesFormat.read(state.tables, in);
        return state;
    }

    /** Format 1 knew fewer policies: their memory begins anew. */
    private static BatchSizeState readBatchSizeOfFormat1(DataInputView in) throws IOException {
        int batchSize = in.readInt();
        in.readUTF(); // why
        readNumbers(in);
        return BatchSizeState.ofBatchSize(batchSize);
    }

    private static void writeNumbers(double[] numbers, DataOutputView out) throws IOException {
        out.writeInt(numbers.length);
        for (double number : numbers) out.writeDouble(number);
    }

    private static double[] readNumbers(DataInputView in) throws IOException {
        double[] numbers = new double[in.readInt()];
        for (int i = 0; i < numbers.length; i++) numbers[i] = in.readDouble();
        return numbers;
    }

    /** A model's description may exceed the 64 KiB of {@code writeUTF}. */
    static void writeText(String text, DataOutputView out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static String readText(DataInputView in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static List<String> readTexts(DataInputView in) throws IOException {
        String[] texts = new String[in.readInt()];
        for (int i = 0; i < texts.length; i++) texts[i] = readText(in);
        return List.of(texts);
    }

    @Override
    public TypeSerializerSnapshot<TrainingState> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names this serializer in state. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<TrainingState> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
