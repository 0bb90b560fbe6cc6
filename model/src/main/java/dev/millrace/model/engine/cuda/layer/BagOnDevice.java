package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Launch;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.EmbeddingTable;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = f(s sum_i W[id_i] + b)}, s = 1, or one over the number of ids for their mean; backward {@code dz = dy f'(z),
 * dW[id_i] += s dz, db += sum dz}.
 */
final class BagOnDevice extends TableOnDevice {
    private final boolean mean;
    private final @Nullable Bias bias;

    /** @param biased whether the layer's parameters are a bias, or nothing */
    BagOnDevice(
            Compilation to,
            PlacedLayer placed,
            EmbeddingTable table,
            int first,
            boolean mean,
            boolean biased,
            Activation activation,
            boolean last) {
        super(to, placed, table, first, activation, last);
        this.mean = mean;
        this.bias = biased ? new Bias(to, placed, units) : null;
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        reading("bag", pass)
                .flag(maskZero)
                .flag(mean)
                .address(values)
                .address(bias == null ? 0 : bias.values())
                .integer(units)
                .tensor(output())
                .integer(pass.rows())
                .elements((long) pass.rows() * units);
        activate(activation, pass);
    }

    @Override
    void others(Pass pass) {
        if (bias != null) bias.add(outputGradient(), pass);
    }

    @Override
    void addNorms(Pass pass) {
        reading("bagNorms", pass)
                .flag(maskZero)
                .flag(mean)
                .flag(bias != null)
                .tensor(outputGradient())
                .integer(units)
                .integer(pass.rows())
                .address(pass.norms())
                .rows(pass.rows());
    }

    @Override
    String gradientKernel() {
        return "bagGradients";
    }

    @Override
    Launch rowGradients(Launch launch) {
        return launch.flag(maskZero).flag(mean).tensor(outputGradient()).integer(units);
    }
}
