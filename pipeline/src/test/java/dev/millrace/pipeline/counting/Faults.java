package dev.millrace.pipeline.counting;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which exceptions to throw, where and how often. A fault is thrown only once a checkpoint has completed since the last
 * one, so that each restart restores something. Shared by all tasks of this JVM;
 * where there are none, any JVM will do.
 */
final class Faults implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Shared> SHARED = new ConcurrentHashMap<>();

    /** Where a fault can strike, and what a failure there has in its stack trace or its task. */
    enum Point {
        SOURCE("at SOURCE"),
        STAMPER("BatchStamper.processElement"),
        WINDOW("Packer.add"),
        WORKER("at WORKER"),
        SERVER("ParameterServer.closeStep"),
        FEEDBACK("Source: parameters"),
        AFTER_SERVER("at AFTER_SERVER"),
        AFTER_SNAPSHOT("at AFTER_SNAPSHOT");

        final String trace;

        Point(String trace) {
            this.trace = trace;
        }
    }

    private static final class Shared {
        final AtomicInteger thrown = new AtomicInteger();
        final AtomicLong read = new AtomicLong();
        final AtomicLong trained = new AtomicLong();
        final AtomicLong longestBacklog = new AtomicLong();
        volatile boolean armed;
        boolean struck;
    }

    /** What is thrown. */
    static final class InjectedFault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InjectedFault(Point point, int number) {
            super("injected fault " + number + " at " + point);
        }
    }

    private final String id = UUID.randomUUID().toString();
    private final List<Point> points;

    private Faults(List<Point> points) {
        this.points = points;
        SHARED.put(id, new Shared());
    }

    static Faults none() {
        return new Faults(List.of());
    }

    /** One fault at each of the points, in this order. */
    static Faults at(List<Point> points) {
        return new Faults(List.copyOf(points));
    }

    static Faults at(Point point, int times) {
        return new Faults(Collections.nCopies(times, point));
    }

    private Shared shared() {
        Shared shared = SHARED.get(id);
        if (shared != null) return shared;
        if (!points.isEmpty()) throw new IllegalStateException("faults of another JVM");
        return SHARED.computeIfAbsent(id, key -> new Shared());
    }

    /** A life of the job begins: what failed has been torn down. */
    void begin() {
        Shared shared = shared();
        synchronized (shared) {
            shared.struck = false;
        }
    }

    /** A checkpoint has completed: the next fault may strike, unless this life has had one and is about to end. */
    void arm() {
        Shared shared = shared();
        synchronized (shared) {
            shared.armed = !shared.struck;
        }
    }

    void hit(Point here) {
        if (strikes(here)) throw new InjectedFault(here, thrown());
    }

    /** Whether the next fault is due here; the caller then sees to it that something fails. */
    boolean strikes(Point here) {
        Shared shared = shared();
        if (!shared.armed || !isNext(here, shared)) return false;
        synchronized (shared) {
            if (!shared.armed || !isNext(here, shared)) return false;
            shared.armed = false;
            shared.struck = true;
            shared.thrown.incrementAndGet();
            return true;
        }
    }

    private boolean isNext(Point here, Shared shared) {
        int next = shared.thrown.get();
        return next < points.size() && points.get(next) == here;
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
