package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Launch;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.EmbeddingTable;
import dev.millrace.model.spec.PlacedLayer;

/**
 * {@code y = g(b + sum_i w_i + 1/2 sum_f (s_f^2 - sum_i v_if^2))} with {@code s_f = sum_i v_if}; backward {@code dz = dy g'(z),
 * db += sum dz, dw_i += dz, dv_if += dz (s_f - v_if)}.
 */
final class FactorizationOnDevice extends TableOnDevice {
    private final Bias bias;
    private final long sums; // [most, factors]

    FactorizationOnDevice(
            Compilation to, PlacedLayer placed, EmbeddingTable table, int first, Activation activation, boolean last) {
        super(to, placed, table, first, activation, last);
        this.bias = new Bias(to, placed, units);
        this.sums = to.tensor((long) to.most() * (width - 1), true).address();
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        reading("factorization", pass)
                .flag(maskZero)
                .address(values)
                .address(bias.values())
                .integer(width)
                .address(sums)
                .tensor(output())
                .integer(pass.rows())
                .rows(pass.rows());
        activate(activation, pass);
    }

    @Override
    void others(Pass pass) {
        bias.add(outputGradient(), pass);
    }

    @Override
    void addNorms(Pass pass) {
        reading("factorizationNorms", pass)
                .flag(maskZero)
                .address(values)
                .address(sums)
                .tensor(outputGradient())
                .integer(width)
                .integer(pass.rows())
                .address(pass.norms())
                .rows(pass.rows());
    }

    @Override
    String gradientKernel() {
        return "factorizationGradients";
    }

    @Override
    Launch rowGradients(Launch launch) {
        return launch.address(values).address(sums).tensor(outputGradient()).integer(width);
    }
}
