package dev.millrace.model.engine;

import dev.millrace.model.spec.ModelSpec;
import java.io.Serializable;

/** Makes an engine where it will run. */
@FunctionalInterface
public interface EngineFactory extends Serializable {

    /** Compiles the model for the device; the caller closes the engine. */
    GradientEngine create(ModelSpec spec);
}
