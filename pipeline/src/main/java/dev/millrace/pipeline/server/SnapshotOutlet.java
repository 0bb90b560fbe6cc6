package dev.millrace.pipeline.server;

import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.minibatch.SplitProgress;
import dev.millrace.pipeline.source.SplitIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Cuts the server's state into the records of a snapshot, when one is due. */
final class SnapshotOutlet {
    private final ServerSettings settings;
    private final ModelSpec spec;
    private long lastNanos;

    SnapshotOutlet(ServerSettings settings, long nowNanos) {
        this.settings = settings;
        this.spec = ModelSpec.fromJson(settings.modelJson());
        this.lastNanos = nowNanos - settings.publishMillis() * 1_000_000;
    }

    /** Whether the state holds what no snapshot holds. */
    boolean isNew(TrainingState state) {
        return state.version > state.publishedVersion;
    }

    boolean isDue(TrainingState state, long nowNanos) {
        return isNew(state) && nowNanos - lastNanos >= settings.publishMillis() * 1_000_000;
    }

    /** The parts and, last, the manifest; notes the version as published. */
    List<SnapshotRecord> take(TrainingState state, long nowNanos) {
        SnapshotParts parts = SnapshotParts.split(
                spec,
                settings.features(),
                state.version,
                System.currentTimeMillis(),
                state.allParameters(),
                provenance(state),
                settings.maxPartBytes());
        List<SnapshotRecord> records = new ArrayList<>();
        int count = parts.parts().size();
        for (int i = 0; i < count; i++) {
            records.add(new SnapshotRecord(
                    spec.name(), state.version, i, count, parts.parts().get(i), ""));
        }
        records.add(new SnapshotRecord(
                spec.name(),
                state.version,
                count,
                count,
                new byte[0],
                parts.manifest().toJson()));
        state.publishedVersion = state.version;
        lastNanos = nowNanos;
        return records;
    }

    private Map<String, String> provenance(TrainingState state) {
        Map<String, String> provenance = new TreeMap<>(settings.provenance());
        provenance.put("steps", Long.toString(state.steps));
        provenance.put("samples", Long.toString(state.totalSamples));
        Outcomes window = state.metrics.window();
        provenance.put("loss", Double.toString(window.loss()));
        provenance.put("accuracy", Double.toString(window.accuracy()));
        provenance.put("batchSize", Integer.toString(state.batchSize.batchSize()));
        provenance.put("parentVersion", Long.toString(state.publishedVersion));
        provenance.put("maxEventTime", Long.toString(state.maxEventTime));
        SplitIds splits = new SplitIds(settings.topics());
        SplitProgress progress = state.progress;
        for (int i = 0; i < progress.size(); i++) {
            provenance.put("offset." + splits.nameOf(progress.split(i)), Long.toString(progress.nextOffset(i)));
        }
        return provenance;
    }
}
