package dev.millrace.pipeline.counting;

import java.io.Serializable;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which exceptions to throw, where and how often. A fault is thrown only once a checkpoint has completed since the last
 * one, so that each restart restores something. Shared by all tasks of this JVM.
 */
final class Faults implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Shared> SHARED = new ConcurrentHashMap<>();

    /** Where a fault can strike. */
    enum Point {
        SOURCE,
        WORKER,
        AFTER_SERVER,
        AFTER_SNAPSHOT
    }

    private static final class Shared {
        final AtomicInteger thrown = new AtomicInteger();
        final AtomicLong read = new AtomicLong();
        final AtomicLong trained = new AtomicLong();
        final AtomicLong longestBacklog = new AtomicLong();
        volatile boolean armed;
    }

    /** What is thrown. */
    static final class InjectedFault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InjectedFault(Point point, int number) {
            super("injected fault " + number + " at " + point);
        }
    }

    private final String id = UUID.randomUUID().toString();
    private final Point point;
    private final int times;

    private Faults(Point point, int times) {
        this.point = point;
        this.times = times;
        SHARED.put(id, new Shared());
    }

    static Faults none() {
        return new Faults(Point.SOURCE, 0);
    }

    static Faults at(Point point, int times) {
        return new Faults(point, times);
    }

    private Shared shared() {
        Shared shared = SHARED.get(id);
        if (shared == null) throw new IllegalStateException("faults of another JVM");
        return shared;
    }

    /** A checkpoint has completed: the next fault may strike. */
    void arm() {
        shared().armed = true;
    }

    void hit(Point here) {
        if (here != point || times == 0) return;
        Shared shared = shared();
        if (!shared.armed || shared.thrown.get() >= times) return;
        synchronized (shared) {
            if (!shared.armed || shared.thrown.get() >= times) return;
            shared.armed = false;
            throw new InjectedFault(point, shared.thrown.incrementAndGet());
        }
    }

    /** The source has read one sample. */
    void read() {
        shared().read.incrementAndGet();
    }

    /** A worker has trained on some; notes how many others were read and not trained on. */
    void trained(int samples) {
        Shared shared = shared();
        long backlog = shared.read.get() - shared.trained.addAndGet(samples);
        shared.longestBacklog.accumulateAndGet(backlog, Math::max);
    }

    /** Most samples that were ever between source and gradient, in a run without faults. */
    long longestBacklog() {
        return shared().longestBacklog.get();
    }

    int thrown() {
        return shared().thrown.get();
    }
}
