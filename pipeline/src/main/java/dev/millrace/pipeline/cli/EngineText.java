package dev.millrace.pipeline.cli;

import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.TrainingConfig;
import java.util.List;

/** Says what a configured job would compute with. */
final class EngineText {
    private EngineText() {}

    /** One line; what a worker really gets is decided where it runs. */
    static String of(TrainingConfig config, ModelSpec spec) {
        String way = config.cuda().precision().word() + convolutions(config, spec);
        return switch (config.training().engine()) {
            case ND4J -> "nd4j: every worker computes on the CPU";
            case CUDA ->
                "cuda: every worker computes on a device of its TaskManager, in " + way + "; without one the job fails";
            case AUTO -> auto(CudaEngine.unsupported(spec), way);
        };
    }

    private static String auto(List<String> unsupported, String way) {
        if (!unsupported.isEmpty()) {
            return "auto: every worker computes on the CPU, as cuda has no kernels for "
                    + String.join(", ", unsupported);
        }
        return "auto: a worker computes on a CUDA device of its TaskManager, in " + way + ", or without one on the CPU";
    }

    private static String convolutions(TrainingConfig config, ModelSpec spec) {
        if (!CudaEngine.convolves(spec)) return "";
        return config.cuda().cudnn()
                ? " with convolutions by cuDNN where it is installed"
                : " with convolutions as products of patches";
    }
}
