package dev.millrace.pipeline.advise;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;

/** Keeps the last rows of a stream, however long it is. */
final class NewestRows {
    private static final long SHARE_OF_HEAP = 8;

    private final int features;
    private final int labels;
    private final int limit;
    private final SampleBatch ring;
    private long added;

    /** @throws IllegalArgumentException if so many samples do not fit the heap */
    NewestRows(ModelSpec spec, int limit) {
        this.features = spec.inputs();
        this.labels = spec.labelWidth();
        this.limit = limit;
        long fit = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / (4L * (features + labels + 1));
        if (limit > fit) {
            throw new IllegalArgumentException("--samples must be <= " + fit + " for " + features
                    + " features in this heap (see MILLRACE_JVM_OPTS). Received: " + limit);
        }
        this.ring = new SampleBatch(features, labels, Math.min(limit, 1024));
    }

    void add(float[] sampleFeatures, float[] sampleLabels, float weight) {
        if (added < limit) {
            ring.append(sampleFeatures, sampleLabels, weight);
        } else {
            int row = (int) (added % limit);
            System.arraycopy(sampleFeatures, 0, ring.features(), row * features, features);
            System.arraycopy(sampleLabels, 0, ring.labels(), row * labels, labels);
            ring.weights()[row] = weight;
        }
        added++;
    }

    long added() {
        return added;
    }

    /** In the order they came. */
    SampleBatch inOrder() {
        if (added <= limit) return ring;
        int oldest = (int) (added % limit);
        SampleBatch ordered = new SampleBatch(features, labels, limit);
        ordered.setRows(limit);
        copy(oldest, limit - oldest, ordered, 0);
        copy(0, oldest, ordered, limit - oldest);
        return ordered;
    }

    private void copy(int from, int rows, SampleBatch to, int at) {
        System.arraycopy(ring.features(), from * features, to.features(), at * features, rows * features);
        System.arraycopy(ring.labels(), from * labels, to.labels(), at * labels, rows * labels);
        System.arraycopy(ring.weights(), from, to.weights(), at, rows);
    }
}
