package dev.millrace.model.client;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Things that one thread at a time uses, between their uses. Nobody waits, and nothing is allocated. */
final class IdlePool<T> {
    private final AtomicReferenceArray<@Nullable T> slots;

    /** @param most how many are kept */
    IdlePool(int most) {
        this.slots = new AtomicReferenceArray<>(most);
    }

    /** As many as threads are likely to run at a time, with some in reserve for those that wait for a processor. */
    static <T> IdlePool<T> forThisMachine() {
        return new IdlePool<>(4 * Runtime.getRuntime().availableProcessors());
    }

    /** One of them, the caller's until it is put back; null if all are in use. */
    @Nullable
    T take() {
        for (int i = 0; i < slots.length(); i++) {
            if (slots.getPlain(i) == null) continue;
            T taken = slots.getAndSet(i, null);
            if (taken != null) return taken;
        }
        return null;
    }

    /** Whether there was room for it. */
    boolean put(T idle) {
        for (int i = 0; i < slots.length(); i++) {
            if (slots.getPlain(i) == null && slots.compareAndSet(i, null, idle)) return true;
        }
        return false;
    }
}
