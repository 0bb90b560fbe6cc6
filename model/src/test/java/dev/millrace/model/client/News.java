package dev.millrace.model.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All that a listener was told, in words. */
final class News implements SnapshotListener {
    private final List<String> told = new ArrayList<>();

    @Override
    public synchronized void loaded(ServedModel model) {
        told.add("loaded " + model.version());
    }

    @Override
    public synchronized void refused(String version, String reason) {
        told.add("refused " + version + ": " + reason);
    }

    @Override
    public synchronized void unreachable(Exception reason) {
        told.add("unreachable");
    }

    @Override
    public synchronized void stale(Duration age) {
        told.add("stale at " + age.toSeconds() + " s");
    }

    /** What was told since it was asked last. */
    synchronized List<String> sinceLast() {
        List<String> since = List.copyOf(told);
        told.clear();
        return since;
    }
}
