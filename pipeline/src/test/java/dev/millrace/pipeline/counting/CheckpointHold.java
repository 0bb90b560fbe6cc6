package dev.millrace.pipeline.counting;

import java.io.Serializable;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** With it a test keeps a checkpoint from completing that all other tasks have acknowledged. In another JVM it stays open. */
final class CheckpointHold implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Shared> SHARED = new ConcurrentHashMap<>();

    private static final class Shared {
        final AtomicInteger waiting = new AtomicInteger();
        volatile CountDownLatch gate = new CountDownLatch(0);
    }

    private final String id = UUID.randomUUID().toString();

    CheckpointHold() {
        SHARED.put(id, new Shared());
    }

    private Shared shared() {
        return SHARED.computeIfAbsent(id, key -> new Shared());
    }

    /** From now on no checkpoint completes. */
    void close() {
        shared().gate = new CountDownLatch(1);
    }

    void open() {
        shared().gate.countDown();
    }

    /** How many tasks have a checkpoint to acknowledge and may not. */
    int waiting() {
        return shared().waiting.get();
    }

    /** Called by a task before it acknowledges a checkpoint. */
    void pass() throws InterruptedException {
        Shared shared = shared();
        shared.waiting.incrementAndGet();
        try {
            shared.gate.await();
        } finally {
            shared.waiting.decrementAndGet();
        }
    }
}
