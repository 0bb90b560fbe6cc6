package dev.millrace.pipeline.gradient;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.spec.ModelSpec;
import java.io.Serializable;

/** Decides what a worker computes with, where it runs. */
@FunctionalInterface
public interface EngineAssignment extends Serializable {

    /** Compiles the model; the caller closes what it gets. */
    AssignedEngine assign(ModelSpec spec, WorkerPlace place);

    /** Every worker has an engine of this factory, whatever its place has. */
    static EngineAssignment everywhere(EngineFactory engines) {
        return (spec, place) -> AssignedEngine.asked(engines.create(spec), engines);
    }
}
