package dev.millrace.model.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A convolution over an image: {@code z[y, x, f] = b[f] + sum_{i,j,c} W[i, j, c, f] input[y s + i - top, x s + j - left, c]},
 * {@code output = activation(z)}, with zeros where padding reaches beyond the image. As in Keras the kernel is not
 * mirrored, so it is a correlation.
 *
 * <p>Parameters: kernel W, [height, width, channels, filters], as Keras has it, then bias b, [filters]. With the filters
 * innermost and the bias behind, the two are one matrix of [height * width * channels + 1, filters], and a convolution
 * is one product of that matrix with the image's patches, each followed by a 1. Fan-in is height * width * channels,
 * fan-out height * width * filters.
 */
public record Conv2dSpec(
        String name,
        int filters,
        Window window,
        Activation activation,
        Initializer kernelInitializer,
        Initializer biasInitializer)
        implements LayerSpec {

    public Conv2dSpec {
        if (filters < 1) throw new IllegalArgumentException(name + ": filters must be >= 1. Received: " + filters);
    }

    @Override
    public Shape output(Shape input) {
        return window.positions(name, "kernel_size", input, filters);
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        ParameterBlock kernel = new ParameterBlock(
                name + "/kernel", List.of(window.height(), window.width(), input.channels(), filters), offset);
        return List.of(
                kernel, new ParameterBlock(name + "/bias", List.of(filters), Math.addExact(offset, kernel.size())));
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        int field = window.height() * window.width();
        int fanIn = field * input.channels();
        int fanOut = Math.multiplyExact(field, filters);
        kernelInitializer.fill(values, offset, fanIn * filters, fanIn, fanOut, random);
        biasInitializer.fill(values, offset + fanIn * filters, filters, fanIn, fanOut, random);
    }

    @Override
    public String traits() {
        return window.text() + ", " + activation.word();
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> conv2d = new LinkedHashMap<>();
        conv2d.put("name", name);
        conv2d.put("filters", filters);
        window.addTo(conv2d, "kernel_size");
        conv2d.put("activation", activation.word());
        conv2d.put("kernel_initializer", kernelInitializer.word());
        conv2d.put("bias_initializer", biasInitializer.word());
        return Map.of("conv2d", conv2d);
    }
}
