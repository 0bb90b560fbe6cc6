package dev.millrace.model.engine.cuda.device;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was taken and is given back together, the last first; each once, though another one fails. */
public final class Resources implements AutoCloseable {
    private final Deque<AutoCloseable> taken = new ArrayDeque<>();

    /** Adds one. */
    public <T extends AutoCloseable> T keep(T resource) {
        taken.push(resource);
        return resource;
    }

    @Override
    public void close() {
        IllegalStateException failed = null;
        while (!taken.isEmpty()) {
            AutoCloseable resource = taken.pop();
            try {
                resource.close();
            } catch (Exception e) {
                if (failed == null) failed = new IllegalStateException("cannot be given back: " + resource, e);
                else failed.addSuppressed(e);
            }
        }
        if (failed != null) throw failed;
    }
}
