package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.NormalizationSpec;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = (x - mean) / sqrt(variance + epsilon)} at moments that are parameters; 0 while they are of fewer than 1,000
 * samples. In the place of a gradient backward leaves what the moments are updated with: per channel the sums over the rows of
 * {@code x - mean} and of {@code (x - mean)^2}, both means over a row's pixels, and the number of rows.
 */
final class NormalizationLayer extends BufferedLayer {
    private final int channels;
    private final int groups; // pixels of a row
    private final double epsilon;
    private final float[] means; // [channels], copies
    private final float[] scales; // [channels], 1 / sqrt(variance + epsilon), or 0
    private final double[] sums; // [channels]
    private final double[] squares; // [channels]
    private final boolean[] silent; // [chunk]
    private final long parameters;
    private final long gradients;
    private double count;

    /**
     * Compiles a layer.
     *
     * @param units values of a row
     * @param channels the last extent
     * @param offset where its parameters begin
     */
    NormalizationLayer(int units, int channels, double epsilon, Tensors tensors, int offset) {
        super(tensors.chunk(), units);
        this.channels = channels;
        this.groups = units / channels;
        this.epsilon = epsilon;
        this.means = new float[channels];
        this.scales = new float[channels];
        this.sums = new double[channels];
        this.squares = new double[channels];
        this.silent = new boolean[tensors.chunk()];
        this.parameters = tensors.parameters().address(offset);
        this.gradients = tensors.gradients().address(offset);
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        Arrays.fill(silent, 0, rows, false);
        Memory.copyOut(parameters, means, 0, channels);
        Memory.copyOut(parameters + 4L * channels, scales, 0, channels);
        boolean known = Memory.get(parameters + 8L * channels) >= NormalizationSpec.FEWEST_SAMPLES;
        for (int c = 0; c < channels; c++) scales[c] = known ? (float) (1 / Math.sqrt(scales[c] + epsilon)) : 0;
        long x = address(input);
        long y = outputAddress;
        for (int g = 0; g < rows * groups; g++, x += 4L * channels, y += 4L * channels) {
            for (int c = 0; c < channels; c++) Memory.put(y + 4L * c, (Memory.get(x + 4L * c) - means[c]) * scales[c]);
        }
    }

    /** Nobody wants the inputs' gradient: this is the first layer. */
    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        if (first) {
            Arrays.fill(sums, 0);
            Arrays.fill(squares, 0);
            count = 0;
        }
        for (int r = 0; r < rows; r++) {
            if (silent[r]) continue;
            count++;
            long x = address(input) + 4L * units * r;
            for (int g = 0; g < groups; g++, x += 4L * channels) {
                for (int c = 0; c < channels; c++) {
                    double way = Memory.get(x + 4L * c) - means[c];
                    sums[c] += way;
                    squares[c] += way * way;
                }
            }
        }
        for (int c = 0; c < channels; c++) {
            Memory.put(gradients + 4L * c, (float) (sums[c] / groups));
            Memory.put(gradients + 4L * (channels + c), (float) (squares[c] / groups));
        }
        Memory.put(gradients + 8L * channels, (float) count);
        return 0;
    }

    @Override
    public void silence(int row) {
        super.silence(row);
        silent[row] = true;
    }
}
