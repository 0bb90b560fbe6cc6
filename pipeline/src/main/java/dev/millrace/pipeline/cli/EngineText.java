package dev.millrace.pipeline.cli;

import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.TrainingConfig;
import java.util.List;
import java.util.Locale;

/** Says what a configured job would compute with. */
final class EngineText {
    private EngineText() {}

    /** One line; what a worker really gets is decided where it runs. */
    static String of(TrainingConfig config, ModelSpec spec) {
        String precision = config.cuda().precision().name().toLowerCase(Locale.ROOT);
        return switch (config.training().engine()) {
            case ND4J -> "nd4j: every worker computes on the CPU";
            case CUDA ->
                "cuda: every worker computes on a device of its TaskManager, in " + precision
                        + "; without one the job fails";
            case AUTO -> auto(CudaEngine.unsupported(spec), precision);
        };
    }

    private static String auto(List<String> unsupported, String precision) {
        if (!unsupported.isEmpty()) {
            return "auto: every worker computes on the CPU, as cuda has no kernels for "
                    + String.join(", ", unsupported);
        }
        return "auto: a worker computes on a CUDA device of its TaskManager, in " + precision
                + ", or without one on the CPU";
    }
}
