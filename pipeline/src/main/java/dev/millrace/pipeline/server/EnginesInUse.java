package dev.millrace.pipeline.server;

import dev.millrace.pipeline.gradient.EngineUsed;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** What each worker computes with, as its latest gradient told: what a snapshot says of its origin. */
final class EnginesInUse {
    private @Nullable EngineUsed[] ofWorkers = {};

    /** The workers' number travels in each message: it changes when the job is rescaled. */
    void note(int worker, int workers, EngineUsed engine) {
        if (ofWorkers.length != workers) ofWorkers = new EngineUsed[workers];
        ofWorkers[worker] = engine;
    }

    /** Each engine with the number of workers that it serves: {@code cuda (NVIDIA H200) x 2; nd4j x 1: no device}. */
    String text() {
        Map<String, EngineUsed> engines = new TreeMap<>();
        Map<String, Integer> workers = new TreeMap<>();
        for (EngineUsed used : ofWorkers) {
            if (used == null || used.engine().isEmpty()) continue;
            engines.put(used.toString(), used);
            workers.merge(used.toString(), 1, Integer::sum);
        }
        StringBuilder text = new StringBuilder();
        engines.forEach((key, used) -> {
            if (text.length() > 0) text.append("; ");
            text.append(used.engine()).append(" x ").append(workers.get(key));
            if (used.isFallback()) text.append(": ").append(used.fallback());
        });
        return text.length() == 0 ? "unknown" : text.toString();
    }

    void write(DataOutputView out) throws IOException {
        out.writeInt(ofWorkers.length);
        for (EngineUsed used : ofWorkers) {
            out.writeBoolean(used != null);
            if (used != null) used.write(out);
        }
    }

    static EnginesInUse read(DataInputView in) throws IOException {
        EnginesInUse engines = new EnginesInUse();
        engines.ofWorkers = new EngineUsed[in.readInt()];
        for (int i = 0; i < engines.ofWorkers.length; i++) {
            if (in.readBoolean()) engines.ofWorkers[i] = EngineUsed.read(in);
        }
        return engines;
    }
}
