package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Launch;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.LayerNormalizationSpec;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = gamma n + beta, n = (x - mean) / sqrt(variance + epsilon)} over the channels of each pixel; backward, with
 * {@code g = gamma dy}: {@code dgamma += dy n, dbeta += dy, dx = (g - mean(g) - n mean(g n)) / sqrt(variance + epsilon)}.
 */
final class LayerNormalizationOnDevice extends BufferedOnDevice {
    private static final int WARP = 32;
    private static final int BLOCK = 256;
    private static final int LINES = 8;
    private static final long MOST_BLOCKS = 1 << 16;

    /** With more channels a block takes a pixel, with fewer a warp does. */
    private static final int MOST_CHANNELS_OF_A_WARP = 1024;

    private final int channels;
    private final int pixels; // of a row
    private final float epsilon;
    private final long gamma; // [channels]
    private final long beta;
    private final Tensor gammaGradient;
    private final Tensor betaGradient;
    private final Tensor means; // [most, pixels]
    private final Tensor scales; // [most, pixels], 1 / sqrt(variance + epsilon)
    private final long partial; // [2, parts, channels]

    LayerNormalizationOnDevice(Compilation to, PlacedLayer placed, LayerNormalizationSpec spec, boolean last) {
        super(to, placed.output().size(), last);
        this.channels = placed.input().channels();
        this.pixels = units / channels;
        this.epsilon = (float) spec.epsilon();
        int gammaOffset = placed.parameters().get(0).offset();
        int betaOffset = placed.parameters().get(1).offset();
        this.gamma = to.parameters().exact(gammaOffset).address();
        this.beta = to.parameters().exact(betaOffset).address();
        this.gammaGradient = to.parameters().gradient(gammaOffset);
        this.betaGradient = to.parameters().gradient(betaOffset);
        long most = (long) to.most() * pixels;
        this.means = to.tensor(most, true);
        this.scales = to.tensor(most, true);
        this.partial = to.tensor(2L * ColumnSums.parts(most) * channels, true).address();
    }

    @Override
    public boolean takesFeatures() {
        return true;
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        long count = (long) pass.rows() * pixels;
        lines(
                device.kernel("normalizeChannels")
                        .tensor(input)
                        .address(gamma)
                        .address(beta)
                        .integer(channels)
                        .real(epsilon)
                        .address(means.address())
                        .address(scales.address())
                        .tensor(output())
                        .count(count),
                count);
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        long count = (long) pass.rows() * pixels;
        addParameterGradients(input, count, !pass.first());
        if (pass.withNorms()) {
            reading("channelNorms", input)
                    .integer(pixels)
                    .integer(channels)
                    .address(pass.norms())
                    .grid(pass.rows(), 1, WARP, pixels == 1 ? 1 : LINES);
        }
        if (inputGradient == null) return;
        lines(
                device.kernel("normalizedGradients")
                        .tensor(input)
                        .tensor(outputGradient())
                        .address(gamma)
                        .address(means.address())
                        .address(scales.address())
                        .integer(channels)
                        .tensor(inputGradient)
                        .count(count),
                count);
    }

    private void addParameterGradients(Tensor input, long count, boolean add) {
        int parts = ColumnSums.parts(count);
        reading("channelSums", input)
                .count(count)
                .integer(channels)
                .address(partial)
                .grid((channels + WARP - 1) / WARP, parts, WARP, LINES);
        ColumnSums.finish(device, partial, parts, channels, gammaGradient, add);
        long second = partial + (long) parts * channels * Float.BYTES;
        ColumnSums.finish(device, second, parts, channels, betaGradient, add);
    }

    /** Begins a kernel that reads what came in and what comes back. */
    private Launch reading(String kernel, Tensor input) {
        return device.kernel(kernel)
                .tensor(input)
                .tensor(outputGradient())
                .address(means.address())
                .address(scales.address());
    }

    /** A line of threads for each pixel. */
    private void lines(Launch launch, long count) {
        boolean blocks = channels > MOST_CHANNELS_OF_A_WARP;
        int lines = blocks ? 1 : LINES;
        int across = (int) Math.min((count + lines - 1) / lines, MOST_BLOCKS);
        launch.grid(across, 1, blocks ? BLOCK : WARP, lines);
    }

    @Override
    public void silence(Pass pass) {
        super.silence(pass);
        pass.silence(device, means, pixels);
        pass.silence(device, scales, pixels);
    }
}
