package dev.millrace.pipeline.server;

import dev.millrace.model.gate.Decision;
import dev.millrace.model.gate.Evaluation;
import dev.millrace.model.gate.Reason;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.metric.PrequentialMetrics;
import dev.millrace.model.optimizer.FiniteCheck;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.minibatch.SplitProgress;
import dev.millrace.pipeline.source.SplitIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts the server's state into the records of a snapshot, when one is due. */
final class SnapshotOutlet {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotOutlet.class);

    private final ServerSettings settings;
    private final ModelSpec spec;
    private final Promotions promotions;
    private final AliasNews news;
    private long lastNanos;

    /** @param news is told what the gate decides */
    SnapshotOutlet(ServerSettings settings, AliasNews news, long nowNanos) {
        this.settings = settings;
        this.spec = ModelSpec.fromJson(settings.modelJson());
        this.news = news;
        this.promotions = new Promotions(settings.publication());
        this.lastNanos = nowNanos - settings.publishMillis() * 1_000_000;
    }

    /** Whether the state holds what no snapshot holds. */
    boolean isNew(TrainingState state) {
        return state.version > state.publishedVersion;
    }

    boolean isDue(TrainingState state, long nowNanos) {
        return isNew(state) && nowNanos - lastNanos >= settings.publishMillis() * 1_000_000;
    }

    /** The parts and, last, the manifest with the gate's decision; notes the version as published. */
    List<SnapshotRecord> take(TrainingState state, long nowNanos, long now) {
        float[] parameters = state.allParameters();
        Evaluation evaluation = evaluation(state, parameters);
        Decision decision = promotions.decide(state.standing, evaluation, now);
        SnapshotParts parts = SnapshotParts.split(
                spec,
                settings.features(),
                state.version,
                now,
                parameters,
                provenance(state, evaluation, decision),
                settings.maxPartBytes());
        String manifest = parts.manifest().toJson();
        Standing standing = promotions.published(state.standing, state.version, evaluation, manifest, decision, now);
        List<SnapshotRecord> records = new ArrayList<>();
        int count = parts.parts().size();
        for (int i = 0; i < count; i++) {
            records.add(SnapshotRecord.part(
                    spec.name(), state.version, i, count, parts.parts().get(i)));
        }
        records.add(SnapshotRecord.manifest(spec.name(), state.version, count, manifest, update(standing)));
        news.changed(state.standing, standing);
        news.decided(state.version, decision);
        log(decision, state.version);
        state.standing = standing.handedOut();
        state.publishedVersion = state.version;
        lastNanos = nowNanos;
        return records;
    }

    /** The aliases alone, if they have changed since the last snapshot and there is a version to go with them. */
    @Nullable
    SnapshotRecord takeAliases(TrainingState state) {
        Standing standing = state.standing;
        Long newest = standing.candidate();
        if (standing.changes().isEmpty() || newest == null) return null;
        state.standing = standing.handedOut();
        int parts = SnapshotManifest.fromJson(standing.manifest()).parts().size();
        return SnapshotRecord.aliases(spec.name(), newest, parts, standing.manifest(), update(standing));
    }

    private void log(Decision decision, long version) {
        boolean kept = decision.reason().outcome() == Reason.Outcome.KEPT; // with most checkpoints, and in each report
        if (kept) LOG.debug("{}", decision.sentence(spec.name(), version));
        else LOG.info("{}", decision.sentence(spec.name(), version));
    }

    private AliasUpdate update(Standing standing) {
        return new AliasUpdate(standing.aliases(spec.name()), standing.changes());
    }

    private Evaluation evaluation(TrainingState state, float[] parameters) {
        PrequentialMetrics.Latest latest =
                state.metrics.latest(settings.publication().gate().minSamples());
        boolean finite = new FiniteCheck().allFinite(parameters);
        return Evaluation.of(latest.samples(), latest.outcomes(), spec.loss(), spec.outputs(), finite);
    }

    private Map<String, String> provenance(TrainingState state, Evaluation evaluation, Decision decision) {
        Map<String, String> provenance = new TreeMap<>(settings.provenance());
        provenance.put("engine", state.engines.text());
        provenance.put("steps", Long.toString(state.steps));
        provenance.put("samples", Long.toString(state.totalSamples));
        Outcomes window = state.metrics.window();
        provenance.put("loss", Double.toString(window.loss()));
        provenance.put("accuracy", Double.toString(window.accuracy()));
        provenance.put(
                "gate",
                decision.reason().outcome().word() + ": " + decision.reason().word());
        provenance.put("gate.text", decision.text());
        provenance.put("gate.samples", Long.toString(evaluation.samples()));
        provenance.put("gate.loss", Double.toString(evaluation.loss()));
        provenance.put("gate.accuracy", Double.toString(evaluation.accuracy()));
        provenance.put("gate.auc", Double.toString(evaluation.auc()));
        provenance.put("batchSize", Integer.toString(state.batchSize.batchSize()));
        provenance.put("parentVersion", Long.toString(state.publishedVersion));
        provenance.put(SnapshotManifest.NEWEST_EVENT_TIME, Long.toString(state.maxEventTime));
        SplitIds splits = new SplitIds(state.topics);
        SplitProgress progress = state.progress;
        for (int i = 0; i < progress.size(); i++) {
            provenance.put("offset." + splits.nameOf(progress.split(i)), Long.toString(progress.nextOffset(i)));
        }
        return provenance;
    }
}
