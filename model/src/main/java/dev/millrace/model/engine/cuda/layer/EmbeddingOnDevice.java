package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Launch;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.EmbeddingTable;
import dev.millrace.model.spec.PlacedLayer;

/** {@code y_i = E[id_i]}; backward {@code dE[id_i] += dy_i}. */
final class EmbeddingOnDevice extends TableOnDevice {
    EmbeddingOnDevice(Compilation to, PlacedLayer placed, EmbeddingTable table, int first, boolean last) {
        super(to, placed, table, first, Activation.LINEAR, last);
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        reading("embedding", pass)
                .flag(maskZero)
                .address(values)
                .integer(width)
                .tensor(output())
                .integer(pass.rows())
                .elements((long) pass.rows() * units);
    }

    @Override
    void others(Pass pass) {}

    @Override
    void addNorms(Pass pass) {
        reading("embeddingNorms", pass)
                .flag(maskZero)
                .tensor(outputGradient())
                .integer(width)
                .integer(pass.rows())
                .address(pass.norms())
                .rows(pass.rows());
    }

    @Override
    String gradientKernel() {
        return "embeddingGradients";
    }

    @Override
    Launch rowGradients(Launch launch) {
        return launch.tensor(outputGradient()).integer(width);
    }
}
