package dev.millrace.model.client;

import dev.millrace.model.engine.Nd4jPredictor;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.ModelSpec;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The part of a model outside the heap: its parameters, once, and predictors with buffers for as many threads as predict at
 * a time. Counted: whoever uses it holds it, and the last one to let go frees it. Nobody waits for anybody.
 */
final class ModelMemory {
    private final ModelSpec spec;
    private final OffHeap parameters;
    private final AtomicInteger holders = new AtomicInteger(1); // 0: freed, or about to be
    private final AtomicInteger made = new AtomicInteger();
    private final IdlePool<Nd4jPredictor> idle = IdlePool.forThisMachine();

    /** Held by its maker. */
    ModelMemory(ModelSpec spec, float[] values) {
        this.spec = spec;
        this.parameters = new OffHeap(values.length);
        Memory.copyIn(values, 0, parameters.address(0), values.length);
    }

    /** Whether it could be held: it is not freed before {@link #release}. */
    boolean hold() {
        int now = holders.get();
        while (now > 0) {
            int seen = holders.compareAndExchange(now, now + 1);
            if (seen == now) return true;
            now = seen;
        }
        return false;
    }

    void release() {
        if (holders.decrementAndGet() == 0) free();
    }

    /** A predictor for one call; the caller holds this. */
    Nd4jPredictor take() {
        Nd4jPredictor taken = idle.take();
        if (taken != null) return taken;
        made.incrementAndGet();
        return new Nd4jPredictor(spec, parameters);
    }

    /** How many there are, at work or idle; at least 1. */
    int predictors() {
        return Math.max(1, made.get());
    }

    /** Takes a predictor back; the caller still holds this. */
    void giveBack(Nd4jPredictor predictor) {
        if (idle.put(predictor)) return;
        made.decrementAndGet();
        predictor.close(); // more threads than are usual
    }

    private void free() {
        for (Nd4jPredictor each = idle.take(); each != null; each = idle.take()) each.close();
        parameters.close();
    }
}
