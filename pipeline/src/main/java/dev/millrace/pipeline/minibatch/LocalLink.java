package dev.millrace.pipeline.minibatch;

import dev.millrace.pipeline.metrics.TaskScope;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Gauge;
import org.jspecify.annotations.Nullable;

/**
 * The credits between an ingest task and the worker in its slot. The ingest task counts mini-batches emitted, the
 * worker those consumed; at {@value #HIGH} outstanding the gate of the source closes, at {@value #LOW} it opens. So
 * back-pressure reaches Kafka while checkpoints and parameters keep flowing. The gate closes only right after a
 * mini-batch was emitted, hence at a mini-batch boundary.
 *
 * <p>Also carries the batch size from the worker, which hears it with the parameters, to the stamper, and from the source
 * to the worker how much waits in the partitions.
 *
 * <p>Links live in a static map, since nothing else is shared by two tasks of one slot; both sides reset their half at
 * (re)start, as the map outlives a restart.
 */
public final class LocalLink {
    static final int HIGH = 4;
    static final int LOW = 1;
    private static final long NONE = -1;

    private static final ConcurrentHashMap<Key, LocalLink> LINKS = new ConcurrentHashMap<>();
    private static final CompletableFuture<Void> OPEN = CompletableFuture.completedFuture(null);

    private record Key(TaskScope scope, int subtask) {}

    // Written by the ingest task.
    private volatile long token;
    private volatile long emitted;
    private long filling = NONE;

    private volatile @Nullable Gauge<Long> pendingRecords;

    // Written by the worker.
    private volatile long consumed;
    private volatile long inherited;
    private volatile int batchSize;

    // Guarded by this; read without the lock as a hint.
    private volatile boolean closed;
    private CompletableFuture<Void> gate = OPEN;

    /** The link of a slot: the same for both of its tasks, as they are co-located. */
    public static LocalLink of(TaskScope scope, int subtask) {
        return LINKS.computeIfAbsent(new Key(scope, subtask), key -> new LocalLink());
    }

    /** Forgets a link, so that a process that outlives its jobs does not keep them. */
    static void forget(TaskScope scope, int subtask) {
        LINKS.remove(new Key(scope, subtask));
    }

    // ---- ingest task ----

    /** Begins a new life of the ingest task; mini-batches carry the token so that the worker can tell lives apart. */
    void openIngest(long newToken) {
        token = newToken;
        emitted = 0;
    }

    /** One mini-batch left for the worker. Called by one thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // a single writer
    void emitted(long batchId) {
        if (batchId == filling) filling = NONE;
        emitted++;
    }

    /** How the source reader tells how many records wait in its partitions. */
    public void setPendingRecords(Gauge<Long> gauge) {
        pendingRecords = gauge;
    }

    /** Which mini-batch the stamper fills; one of another subtask, restored after a rescale, may fire meanwhile. */
    void fills(long batchId) {
        filling = batchId;
    }

    /** The stamper fills none. */
    void fillsNone() {
        filling = NONE;
    }

    /** Whether the mini-batch that is being filled is open still. */
    boolean isFilling(long batchId) {
        return filling == batchId;
    }

    long token() {
        return token;
    }

    /** Share of the global batch for this worker; 0 while none was heard. */
    int batchSize() {
        return batchSize;
    }

    /** Whether the source must hold; closes the gate if so. Called by the ingest task. */
    public boolean holds() {
        if (!closed && outstanding() >= HIGH) {
            synchronized (this) {
                if (outstanding() >= HIGH) {
                    gate = new CompletableFuture<>();
                    closed = true;
                }
            }
        }
        return closed;
    }

    /** Completes when the gate opens. */
    public synchronized CompletableFuture<Void> gate() {
        return gate;
    }

    // ---- worker ----

    /** Begins a new life of the worker with the mini-batches it found in its state. */
    public void openWorker(int restoredBatches) {
        consumed = 0;
        inherited = restoredBatches;
        batchSize = 0;
        release();
    }

    /** A mini-batch arrived; one of an earlier life of the ingest task was not counted as emitted in this one. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // a single writer
    public void received(long batchToken) {
        if (batchToken != token) inherited++;
    }

    /** A mini-batch was computed. Called by one thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // a single writer
    public void consumed() {
        consumed++;
        if (closed && outstanding() <= LOW) release();
    }

    /** Records that wait in the partitions of this slot's source; -1 while unknown. */
    public long pendingRecords() {
        Gauge<Long> gauge = pendingRecords;
        return gauge == null ? -1 : Math.max(0, gauge.getValue());
    }

    public void setBatchSize(int size) {
        batchSize = size;
    }

    /** Opens the gate for good or until {@link #holds} closes it again. */
    public void release() {
        CompletableFuture<Void> opened;
        synchronized (this) {
            opened = gate;
            gate = OPEN;
            closed = false;
        }
        opened.complete(null);
    }

    /** Mini-batches between the window and the end of their computation. */
    long outstanding() {
        return emitted + inherited - consumed;
    }
}
