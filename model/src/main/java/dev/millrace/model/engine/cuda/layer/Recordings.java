package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Graph;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Passes as graphs: what comes for the first time is enqueued piece by piece, which also lets libraries load what they want; what
 * comes again is recorded; from then on one call launches it.
 */
final class Recordings implements AutoCloseable {
    private final Device device;
    private final Map<Pass, Optional<Graph>> recorded = new HashMap<>();

    Recordings(Device device) {
        this.device = device;
    }

    /** Enqueues the work of a pass, which is the same for equal passes. */
    void run(Pass pass, Runnable work) {
        Optional<Graph> known = recorded.get(pass);
        if (known == null) {
            recorded.put(pass, Optional.empty());
            work.run();
            return;
        }
        Graph graph = known.orElse(null);
        if (graph == null) {
            graph = device.capture(work);
            recorded.put(pass, Optional.of(graph));
        }
        graph.launch();
    }

    @Override
    public void close() {
        for (Optional<Graph> graph : recorded.values()) graph.ifPresent(Graph::close);
        recorded.clear();
    }
}
