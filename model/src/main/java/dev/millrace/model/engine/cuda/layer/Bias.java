package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.PlacedLayer;

/** A layer's only parameters before the tables: {@code db += sum dz}. */
final class Bias {
    private final Tensor values; // [units]
    private final Tensor gradient;
    private final ColumnSums sums;

    Bias(Compilation to, PlacedLayer placed, int units) {
        this.values = to.parameters().exact(placed.offset());
        this.gradient = to.parameters().gradient(placed.offset());
        this.sums = new ColumnSums(to, to.most(), units);
    }

    long values() {
        return values.address();
    }

    void add(Tensor dz, Pass pass) {
        sums.add(dz, pass.rows(), gradient, !pass.first());
    }
}
