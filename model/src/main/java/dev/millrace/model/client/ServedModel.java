package dev.millrace.model.client;

import dev.millrace.model.engine.Nd4jPredictor;
import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.spec.ModelSpec;
import java.time.Instant;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * One published version, ready to predict: weights, manifest and version are this one object's, whatever is published
 * meanwhile. For any number of threads at once, none of which waits for another.
 *
 * <p>The weights lie outside the heap until the client has replaced the model and the last prediction under way has ended.
 * Who still keeps the model then may go on predicting with it: the weights come back for as long as that takes.
 */
public final class ServedModel implements AutoCloseable {
    /** Until the JIT has compiled the loops for good. */
    private static final int FIRST_ROUNDS = 5_000;

    private static final long FIRST_NANOS = 500_000_000;

    /** Until the parameters have been read once and again. */
    private static final int ROUNDS = 3;

    private static final long NANOS = 50_000_000;

    private final Snapshot snapshot;
    private final ModelSpec spec;
    private final @Nullable FeatureMapping features;
    private final IdlePool<RecordInputs> recordInputs = IdlePool.forThisMachine();
    private volatile ModelMemory memory;
    private boolean closed;

    private ServedModel(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.spec = snapshot.manifest().modelSpec();
        FeatureMapping mapping = snapshot.manifest().featureMapping();
        this.features = mapping == null ? null : mapping.withoutLabel();
        this.memory = new ModelMemory(spec, snapshot.parameters());
    }

    /** Makes a snapshot ready; the caller closes the model. */
    public static ServedModel of(Snapshot snapshot) {
        return new ServedModel(snapshot);
    }

    /** The version of these weights. */
    public long version() {
        return snapshot.manifest().version();
    }

    /**
     * Whether a completed checkpoint covers it. Of a live one a failure may take back what it learnt, and another one may
     * have its version.
     */
    public boolean covered() {
        return manifest().covered();
    }

    /** All else there is to know of it. */
    public SnapshotManifest manifest() {
        return snapshot.manifest();
    }

    public ModelSpec spec() {
        return spec;
    }

    /**
     * When the newest of the samples that this version learnt from happened; null where its publisher does not say. What
     * happened since has no effect here.
     */
    public @Nullable Instant newestEventTime() {
        String millis = manifest().provenance().get(SnapshotManifest.NEWEST_EVENT_TIME);
        if (millis == null || !millis.matches("\\d{1,18}"))
            return null; // a model that learnt from nothing says a negative number
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }

    /** How records without labels become inputs; null for a model that is asked with features alone. */
    public @Nullable FeatureMapping features() {
        return features;
    }

    /** Words for the classes 0, 1, ...; empty where nobody named them. */
    public List<String> classes() {
        FeatureMapping mapping = snapshot.manifest().featureMapping();
        return mapping == null ? List.of() : mapping.spec().classes();
    }

    /**
     * Predicts rows of features.
     *
     * @param rows [rows, inputs] or longer, row-major
     * @param count how many rows
     * @param into [rows, outputs] or longer: the outputs after the last activation, row-major
     * @throws IllegalArgumentException if an array is too short
     * @throws IndexOutOfBoundsException if an input is an id that the model has not
     */
    public void predict(float[] rows, int count, float[] into) {
        ModelMemory held = hold();
        try {
            Nd4jPredictor predictor = held.take();
            try {
                predictor.predict(rows, count, into);
            } finally {
                held.giveBack(predictor);
            }
        } finally {
            held.release();
        }
    }

    /**
     * Predicts records through the mapping that training used.
     *
     * @param records of any schema that resolves to the mapping's by Avro's rules
     * @param into [records, outputs] or longer, row-major
     * @throws IllegalArgumentException naming record, field and limit if one cannot be mapped
     * @throws IllegalStateException if the model was published without a mapping
     */
    public void predict(List<? extends GenericRecord> records, float[] into) {
        FeatureMapping mapping = features;
        if (mapping == null) {
            throw new IllegalStateException("model " + manifest().model() + " version " + version()
                    + " was published without a mapping of records: it is asked with features");
        }
        RecordInputs idle = recordInputs.take();
        RecordInputs inputs = idle != null ? idle : new RecordInputs(mapping);
        try {
            predict(inputs.map(records), records.size(), into);
        } finally {
            boolean unused = recordInputs.put(inputs);
        }
    }

    /** How many threads find buffers. */
    int predictors() {
        return memory.predictors();
    }

    /** Predicts zeros until it is as fast as the one before, with as many buffers. */
    void warmUp(@Nullable ServedModel before) {
        ModelMemory held = hold();
        try {
            if (before == null) WarmUp.of(spec, held, 1, FIRST_ROUNDS, FIRST_NANOS);
            else WarmUp.of(spec, held, before.predictors(), ROUNDS, NANOS);
        } finally {
            held.release();
        }
    }

    private ModelMemory hold() {
        ModelMemory current = memory;
        return current.hold() ? current : restored();
    }

    /** Brings the weights back for a reader who came after the model was closed; they leave with the last such reader. */
    private synchronized ModelMemory restored() {
        if (memory.hold()) return memory;
        memory = new ModelMemory(spec, snapshot.parameters());
        return memory;
    }

    /** Frees what is outside the heap as soon as no prediction is under way. */
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        memory.release();
    }
}
