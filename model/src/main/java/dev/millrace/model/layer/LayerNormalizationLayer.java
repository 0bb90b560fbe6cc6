package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = gamma n + beta, n = (x - mean) / sqrt(variance + epsilon)} over the channels of each pixel; backward, with
 * {@code g = gamma dy}: {@code dgamma += dy n, dbeta += dy, dx = (g - mean(g) - n mean(g n)) / sqrt(variance + epsilon)}.
 */
final class LayerNormalizationLayer extends BufferedLayer {
    private final int channels;
    private final int groups; // pixels of a row
    private final double epsilon;
    private final float[] means; // [chunk, groups]
    private final float[] scales; // [chunk, groups], 1 / sqrt(variance + epsilon)
    private final float[] gamma; // [channels], a copy
    private final float[] beta;
    private final float[] gammaGradient; // [channels], of one row
    private final float[] betaGradient;
    private final long parameters;
    private final long gradients;

    /**
     * Compiles a layer.
     *
     * @param units values of a row
     * @param channels the last extent, which is normalized
     * @param offset where its parameters begin
     */
    LayerNormalizationLayer(int units, int channels, double epsilon, Tensors tensors, int offset) {
        super(tensors.chunk(), units);
        this.channels = channels;
        this.groups = units / channels;
        this.epsilon = epsilon;
        this.means = new float[tensors.chunk() * groups];
        this.scales = new float[tensors.chunk() * groups];
        this.gamma = new float[channels];
        this.beta = new float[channels];
        this.gammaGradient = new float[channels];
        this.betaGradient = new float[channels];
        this.parameters = tensors.parameters().address(offset);
        this.gradients = tensors.gradients().address(offset);
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        Memory.copyOut(parameters, gamma, 0, channels);
        Memory.copyOut(parameters + 4L * channels, beta, 0, channels);
        long x = address(input);
        long y = outputAddress;
        for (int g = 0; g < rows * groups; g++, x += 4L * channels, y += 4L * channels) {
            double sum = 0;
            for (int c = 0; c < channels; c++) sum += Memory.get(x + 4L * c);
            float mean = (float) (sum / channels);
            double squares = 0;
            for (int c = 0; c < channels; c++) {
                double distance = Memory.get(x + 4L * c) - mean;
                squares += distance * distance;
            }
            float scale = (float) (1 / Math.sqrt(squares / channels + epsilon));
            for (int c = 0; c < channels; c++) {
                Memory.put(y + 4L * c, gamma[c] * (Memory.get(x + 4L * c) - mean) * scale + beta[c]);
            }
            means[g] = mean;
            scales[g] = scale;
        }
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        if (first) Memory.zero(gradients, 2L * channels);
        long x = address(input);
        long dy = gradientAddress;
        double squares = 0;
        for (int r = 0; r < rows; r++) {
            Arrays.fill(gammaGradient, 0);
            Arrays.fill(betaGradient, 0);
            for (int g = r * groups; g < (r + 1) * groups; g++, x += 4L * channels, dy += 4L * channels) {
                addToGradients(x, dy, means[g], scales[g]);
            }
            for (int c = 0; c < channels; c++) {
                squares += (double) gammaGradient[c] * gammaGradient[c] + (double) betaGradient[c] * betaGradient[c];
                add(gradients + 4L * c, gammaGradient[c]);
                add(gradients + 4L * (channels + c), betaGradient[c]);
            }
        }
        if (inputGradient != null) inputGradients(address(input), address(inputGradient), rows * groups);
        return withNorms ? squares : 0;
    }

    private void addToGradients(long x, long dy, float mean, float scale) {
        for (int c = 0; c < channels; c++) {
            float d = Memory.get(dy + 4L * c);
            gammaGradient[c] += d * (Memory.get(x + 4L * c) - mean) * scale;
            betaGradient[c] += d;
        }
    }

    private static void add(long address, float value) {
        Memory.put(address, Memory.get(address) + value);
    }

    private void inputGradients(long input, long inputGradient, int count) {
        long x = input;
        long dx = inputGradient;
        long dy = gradientAddress;
        for (int g = 0; g < count; g++, x += 4L * channels, dx += 4L * channels, dy += 4L * channels) {
            double sum = 0;
            double product = 0;
            for (int c = 0; c < channels; c++) {
                float slope = gamma[c] * Memory.get(dy + 4L * c);
                sum += slope;
                product += slope * ((Memory.get(x + 4L * c) - means[g]) * scales[g]);
            }
            float mean = (float) (sum / channels);
            float along = (float) (product / channels);
            for (int c = 0; c < channels; c++) {
                float slope = gamma[c] * Memory.get(dy + 4L * c);
                float normal = (Memory.get(x + 4L * c) - means[g]) * scales[g];
                Memory.put(dx + 4L * c, (slope - mean - normal * along) * scales[g]);
            }
        }
    }

    @Override
    public void silence(int row) {
        super.silence(row);
        Arrays.fill(means, row * groups, (row + 1) * groups, 0);
        Arrays.fill(scales, row * groups, (row + 1) * groups, 0);
    }
}
