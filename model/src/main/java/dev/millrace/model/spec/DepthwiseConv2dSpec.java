package dev.millrace.model.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A convolution of each channel by itself: {@code z[y, x, c m + k] = b[c m + k] + sum_{i,j} W[i, j, c, k]
 * input[y s + i - top, x s + j - left, c]}, {@code output = activation(z)}, with m the depth multiplier.
 *
 * <p>Parameters, as Keras has them: kernel W, [height, width, channels, multiplier], then bias b, [channels *
 * multiplier]. Fan-in is height * width * channels and fan-out height * width * multiplier, as Keras counts them.
 *
 * @param multiplier channels made of each
 */
public record DepthwiseConv2dSpec(
        String name,
        int multiplier,
        Window window,
        Activation activation,
        Initializer kernelInitializer,
        Initializer biasInitializer)
        implements LayerSpec {

    public DepthwiseConv2dSpec {
        if (multiplier < 1) {
            throw new IllegalArgumentException(name + ": depth_multiplier must be >= 1. Received: " + multiplier);
        }
    }

    @Override
    public Shape output(Shape input) {
        return window.positions(
                name, "kernel_size", input, (int) Math.min(Integer.MAX_VALUE, (long) input.channels() * multiplier));
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        int channels = input.channels();
        ParameterBlock kernel = new ParameterBlock(
                name + "/depthwise_kernel", List.of(window.height(), window.width(), channels, multiplier), offset);
        return List.of(
                kernel,
                new ParameterBlock(
                        name + "/bias", List.of(channels * multiplier), Math.addExact(offset, kernel.size())));
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        int field = window.height() * window.width();
        int fanIn = field * input.channels();
        int fanOut = field * multiplier;
        kernelInitializer.fill(values, offset, fanIn * multiplier, fanIn, fanOut, random);
        biasInitializer.fill(values, offset + fanIn * multiplier, input.channels() * multiplier, fanIn, fanOut, random);
    }

    @Override
    public String traits() {
        return window.text() + ", " + activation.word();
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> conv2d = new LinkedHashMap<>();
        conv2d.put("name", name);
        conv2d.put("depth_multiplier", multiplier);
        window.addTo(conv2d, "kernel_size");
        conv2d.put("activation", activation.word());
        conv2d.put("depthwise_initializer", kernelInitializer.word());
        conv2d.put("bias_initializer", biasInitializer.word());
        return Map.of("depthwise_conv2d", conv2d);
    }
}
