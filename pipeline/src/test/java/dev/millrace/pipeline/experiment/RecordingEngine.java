package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.engine.DelegatingEngine;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The real engine, with someone who takes notes; for one worker in this process. */
final class RecordingEngine extends DelegatingEngine {
    private static final Map<String, Recording> RECORDINGS = new ConcurrentHashMap<>();

    private final Recording recording;

    private RecordingEngine(ModelSpec spec, Recording recording) {
        super(spec);
        this.recording = recording;
    }

    /** Makes engines that write to the recording of that name. */
    record Factory(String recording) implements EngineFactory {
        @Override
        public GradientEngine create(ModelSpec spec) {
            Recording into = Objects.requireNonNull(RECORDINGS.get(recording), recording);
            return new RecordingEngine(spec, into);
        }
    }

    /** Where engines of that name write to. */
    static Factory into(String name, Recording recording) {
        RECORDINGS.put(name, recording);
        return new Factory(name);
    }

    static void forget(Factory factory) {
        RECORDINGS.remove(factory.recording());
    }

    @Override
    public void upload(int offset, float[] block, int length) {
        super.upload(offset, block, length);
        recording.parameters(block, length); // these models have one block
    }

    @Override
    public void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into) {
        recording.begins();
        super.lossAndGradient(batch, microBatch, into);
        recording.computed(batch.rows(), into.lossSum);
    }
}
