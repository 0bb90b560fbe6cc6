package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.NormalizationSpec;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = (x - mean) / sqrt(variance + epsilon)} at moments that are parameters; 0 while they are of too few samples. In the
 * place of a gradient backward leaves what the moments are updated with; see {@link NormalizationSpec}.
 */
final class NormalizationOnDevice extends BufferedOnDevice {
    private static final int BLOCK = 256;
    private static final int VALUES_OF_A_PART = 4096;
    private static final int MOST_PARTS = 64;

    private final int channels;
    private final int groups; // pixels of a row
    private final float epsilon;
    private final long[] moments = new long[3]; // means, variances, number of samples
    private final long[] gradients = new long[3];
    private final long partial; // [parts, channels, 2], float64

    NormalizationOnDevice(Compilation to, PlacedLayer placed, NormalizationSpec spec, boolean last) {
        super(to, placed.output().size(), last);
        this.channels = placed.input().channels();
        this.groups = units / channels;
        this.epsilon = (float) spec.epsilon();
        for (int i = 0; i < moments.length; i++) {
            int offset = placed.parameters().get(i).offset();
            moments[i] = to.parameters().exact(offset).address();
            gradients[i] = to.parameters().gradient(offset).address();
        }
        this.partial = to.bytes((long) parts(to.most()) * channels * 2 * Double.BYTES);
    }

    private int parts(int rows) {
        return (int) Math.min(Math.max((long) rows * groups / VALUES_OF_A_PART, 1), MOST_PARTS);
    }

    @Override
    public boolean takesFeatures() {
        return true;
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        long count = (long) pass.rows() * units;
        device.kernel("normalize")
                .tensor(input)
                .address(moments[0])
                .address(moments[1])
                .address(moments[2])
                .integer(channels)
                .real(epsilon)
                .real(NormalizationSpec.FEWEST_SAMPLES)
                .tensor(output())
                .count(count)
                .elements(count);
    }

    /** Nobody wants the inputs' gradient: this is the first layer. */
    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        int parts = parts(pass.rows());
        device.kernel("momentSums")
                .tensor(input)
                .address(moments[0])
                .address(pass.weights())
                .integer(channels)
                .integer(groups)
                .integer(pass.rows())
                .address(partial)
                .grid(channels, parts, BLOCK, 1);
        device.kernel("momentGradients")
                .address(partial)
                .integer(parts)
                .integer(channels)
                .integer(groups)
                .address(pass.weights())
                .integer(pass.rows())
                .address(gradients[0])
                .address(gradients[1])
                .address(gradients[2])
                .flag(!pass.first())
                .grid(1, 1, BLOCK, 1);
    }
}
