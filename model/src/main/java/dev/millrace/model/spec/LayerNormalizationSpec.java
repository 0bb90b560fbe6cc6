package dev.millrace.model.spec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Normalizes the channels of each pixel, or the features of a flat sample:
 * {@code y = gamma (x - mean) / sqrt(variance + epsilon) + beta}, with mean and variance (the biased one) over the last
 * extent of one sample. Source: Ba, Kiros and Hinton 2016.
 *
 * <p>Parameters: gamma, [channels], beginning at 1, then beta, [channels], beginning at 0.
 *
 * <p>There is no batch normalization. Its statistics are those of a mini-batch: here the batch size changes while a model
 * trains, down to a single sample; the running statistics that predictions use would lag behind a drifting stream; and
 * a sample's gradient would depend on its neighbors', so that the noise of the gradient, which the batch size goes by,
 * would not be defined. A layer's normalization knows one sample alone.
 *
 * @param epsilon in 0..1, 0 excluded
 */
public record LayerNormalizationSpec(String name, double epsilon) implements LayerSpec {
    public LayerNormalizationSpec {
        if (!(epsilon > 0 && epsilon <= 1)) {
            throw new IllegalArgumentException(name + ": epsilon must be > 0 and <= 1. Received: " + epsilon);
        }
    }

    @Override
    public Shape output(Shape input) {
        return input;
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        int channels = input.channels();
        return List.of(
                new ParameterBlock(name + "/gamma", List.of(channels), offset),
                new ParameterBlock(name + "/beta", List.of(channels), Math.addExact(offset, channels)));
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        int channels = input.channels();
        Arrays.fill(values, offset, offset + channels, 1);
        Arrays.fill(values, offset + channels, offset + 2 * channels, 0);
    }

    @Override
    public String traits() {
        return "over the last extent";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> normalization = new LinkedHashMap<>();
        normalization.put("name", name);
        normalization.put("epsilon", epsilon);
        return Map.of("layer_normalization", normalization);
    }
}
