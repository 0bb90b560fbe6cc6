package dev.millrace.pipeline.server;

import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.optimizer.FiniteCheck;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.table.Table;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/**
 * Hands the server's parameters out between checkpoints, when the interval is over and a step was made since. Copies them,
 * into a buffer that is used again, and never waits.
 */
final class LiveParameters implements AutoCloseable {
    private final LiveOutlet outlet;
    private final long intervalNanos;
    private ServerSettings model;
    private final long incarnation;
    private final FiniteCheck finite = new FiniteCheck();
    private float[] buffer = new float[0];
    private long sequence;
    private long sentNanos;
    private long sentSteps; // none of a model that has learnt nothing
    private boolean waiting;
    private final Counter leftOut = new ThreadSafeSimpleCounter();
    private final Counter refused = new ThreadSafeSimpleCounter();

    LiveParameters(LiveSettings settings, ServerSettings model, long incarnation, long nowNanos) {
        this.outlet = settings.outlet().open();
        this.intervalNanos = settings.intervalMillis() * 1_000_000;
        this.model = model;
        this.incarnation = incarnation;
        this.sentNanos = nowNanos - intervalNanos;
    }

    /** What is handed out is of this model from now on. */
    void follow(ServerSettings other) {
        model = other;
    }

    /** Hands the parameters out if they are due; leaves them out if those before are still under way. */
    void offer(TrainingState state, long nowNanos) {
        if (state.steps == sentSteps || nowNanos - sentNanos < intervalNanos) return;
        if (!outlet.isIdle()) {
            if (!waiting) leftOut.inc();
            waiting = true;
            return;
        }
        waiting = false;
        sentNanos = nowNanos;
        sentSteps = state.steps;
        copy(state);
        if (!finite.allFinite(buffer)) {
            refused.inc();
            return;
        }
        outlet.send(
                new LiveState(model.modelJson(), state.version, System.currentTimeMillis(), buffer, provenance(state)));
    }

    private void copy(TrainingState state) {
        int size = state.parameters.length;
        for (Table table : state.tables) size += table.values().length;
        if (buffer.length != size) buffer = new float[size];
        int at = state.parameters.length;
        System.arraycopy(state.parameters, 0, buffer, 0, at);
        for (Table table : state.tables) {
            System.arraycopy(table.values(), 0, buffer, at, table.values().length);
            at += table.values().length;
        }
    }

    private Map<String, String> provenance(TrainingState state) {
        Outcomes window = state.metrics.window();
        Map<String, String> all = new TreeMap<>(model.provenance());
        all.put(SnapshotManifest.COVERED, "false");
        all.put(SnapshotManifest.INCARNATION, Long.toHexString(incarnation));
        all.put("sequence", Long.toString(++sequence)); // within the incarnation
        all.put("steps", Long.toString(state.steps));
        all.put("samples", Long.toString(state.totalSamples));
        all.put("loss", Double.toString(window.loss()));
        all.put("accuracy", Double.toString(window.accuracy()));
        all.put("batchSize", Integer.toString(state.batchSize.batchSize()));
        all.put("parentVersion", Long.toString(state.publishedVersion));
        all.put(SnapshotManifest.NEWEST_EVENT_TIME, Long.toString(state.maxEventTime));
        return all;
    }

    LiveOutlet outlet() {
        return outlet;
    }

    /** How often one was due while the one before was under way. */
    Counter leftOut() {
        return leftOut;
    }

    /** How many were not finite. */
    Counter refused() {
        return refused;
    }

    @Override
    public void close() {
        outlet.close();
    }
}
