package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Pooling;
import org.jspecify.annotations.Nullable;

/** The largest value or the mean of each pool; backward to the first of the largest, or to all in equal parts. */
final class PoolOnDevice extends BufferedOnDevice {
    private final Sliding sliding;
    private final long winners; // [most, units], which pixel of the window; 0 for means

    PoolOnDevice(Compilation to, Sliding sliding, Pooling pooling, boolean last) {
        super(to, sliding.count() * sliding.image().channels(), last);
        this.sliding = sliding;
        this.winners = pooling == Pooling.MAX ? to.bytes((long) to.most() * units * Integer.BYTES) : 0;
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        long count = (long) pass.rows() * units;
        if (winners == 0) {
            sliding.to(device.kernel("averagePool")
                            .tensor(input)
                            .tensor(output())
                            .integer(pass.rows()))
                    .elements(count);
            return;
        }
        sliding.to(device.kernel("maxPool")
                        .tensor(input)
                        .tensor(output())
                        .address(winners)
                        .integer(pass.rows()))
                .elements(count);
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        if (inputGradient == null) return;
        sliding.to(device.kernel("poolGradients")
                        .tensor(outputGradient())
                        .address(winners)
                        .tensor(inputGradient)
                        .integer(pass.rows()))
                .elements((long) pass.rows() * sliding.imageSize());
    }
}
