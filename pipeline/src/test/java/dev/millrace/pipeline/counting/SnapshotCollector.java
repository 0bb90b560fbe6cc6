package dev.millrace.pipeline.counting;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.pipeline.server.AliasUpdate;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/** Keeps the versions of the snapshots that left the server in this JVM, over all attempts of the job, and the last one whole. */
final class SnapshotCollector extends RichMapFunction<SnapshotRecord, SnapshotRecord> implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Collected> COLLECTED = new ConcurrentHashMap<>();

    /** A version that left the server right before the barrier of a checkpoint. */
    record Candidate(long checkpoint, long version, String manifest) {}

    private static final class Collected {
        final List<Candidate> candidates = new ArrayList<>();
        final List<Long> versions = new ArrayList<>();
        final List<AliasChange> changes = new ArrayList<>();
        List<byte[]> incoming = new ArrayList<>();
        final Map<String, List<byte[]>> last = new HashMap<>(); // by model
    }

    private final String id = UUID.randomUUID().toString();
    private final Faults faults;
    private transient List<SnapshotRecord> sinceBarrier = new ArrayList<>();

    SnapshotCollector(Faults faults) {
        this.faults = faults;
        COLLECTED.put(id, new Collected());
    }

    private Collected collected() {
        return COLLECTED.computeIfAbsent(id, key -> new Collected());
    }

    @Override
    public SnapshotRecord map(SnapshotRecord record) {
        faults.hit(Faults.Point.AFTER_SNAPSHOT);
        Collected collected = collected();
        synchronized (collected) {
            if (record.part() == 0) collected.incoming = new ArrayList<>();
            if (record.part() < record.parts()) {
                collected.incoming.add(record.bytes());
            } else {
                collected.last.put(record.model(), collected.incoming);
                if (!record.model().equals(CountingModel.NAME)) return record;
                collected.versions.add(record.version());
                collected.changes.addAll(AliasUpdate.ofText(record.aliases()).changes());
                sinceBarrier.add(record);
            }
        }
        return record;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        sinceBarrier = new ArrayList<>();
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        Collected collected = collected();
        synchronized (collected) {
            for (SnapshotRecord record : sinceBarrier) {
                collected.candidates.add(new Candidate(context.getCheckpointId(), record.version(), record.manifest()));
            }
        }
        sinceBarrier.clear();
    }

    /** Every version that left, of every attempt, and the checkpoint that was to cover it. */
    List<Candidate> candidates() {
        Collected collected = collected();
        synchronized (collected) {
            return List.copyOf(collected.candidates);
        }
    }

    /** Versions in the order in which they left. */
    List<Long> versions() {
        Collected collected = collected();
        synchronized (collected) {
            return List.copyOf(collected.versions);
        }
    }

    /** What changed of the model's champion and of what trains it, as it left, in every attempt. */
    List<AliasChange> changes() {
        Collected collected = collected();
        synchronized (collected) {
            return List.copyOf(collected.changes);
        }
    }

    /** Parameters of the last snapshot. */
    float[] last() {
        return last(CountingModel.NAME);
    }

    /** The same of a model by its name. */
    float[] last(String model) {
        Collected collected = collected();
        synchronized (collected) {
            List<byte[]> last = collected.last.getOrDefault(model, List.of());
            int bytes = last.stream().mapToInt(part -> part.length).sum();
            float[] parameters = new float[bytes / Float.BYTES];
            int at = 0;
            for (byte[] part : last) {
                ByteBuffer buffer = ByteBuffer.wrap(part).order(ByteOrder.LITTLE_ENDIAN);
                while (buffer.hasRemaining()) parameters[at++] = buffer.getFloat();
            }
            return parameters;
        }
    }
}
