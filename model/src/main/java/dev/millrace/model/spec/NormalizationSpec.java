package dev.millrace.model.spec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Standardizes what enters the model, online: {@code y = (x - mean) / sqrt(variance + epsilon)}, with mean and variance of
 * all samples learnt from so far, of each feature, or of each channel of an image. Only the first layer, of a model or a branch of its inputs, can be one. Until
 * 1,000 samples were seen y is 0, so that the rest of the model learns nothing but its biases from inputs of unknown scale.
 *
 * <p>Parameters: mean, [channels], beginning at 0, variance, [channels], beginning at 1, and count, [1], of samples. No
 * gradient touches them: each step merges the sums of its samples, each sample once whatever its weight, except that
 * samples of weight 0 do not count. As parameters they are part of every checkpoint, broadcast and snapshot, so what serves
 * standardizes as what trained did.
 *
 * @param halfLife samples after which one counts half, so that the moments follow a drift; 0: all count alike (up to 2^24,
 *     where the count, a float32, stays)
 * @param epsilon in 0..1, 0 excluded
 */
public record NormalizationSpec(String name, int halfLife, double epsilon) implements LayerSpec {
    /** Samples that the moments must be of before anything but 0 leaves. */
    public static final int FEWEST_SAMPLES = 1000;

    public NormalizationSpec {
        if (halfLife < 0) throw new IllegalArgumentException(name + ": half_life must be >= 1. Received: " + halfLife);
        if (!(epsilon > 0 && epsilon <= 1)) {
            throw new IllegalArgumentException(name + ": epsilon must be > 0 and <= 1. Received: " + epsilon);
        }
    }

    @Override
    public List<Moments> moments(Shape input, int offset) {
        return List.of(new Moments(offset, input.channels(), halfLife == 0 ? Double.POSITIVE_INFINITY : halfLife));
    }

    @Override
    public Shape output(Shape input) {
        return input;
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        int channels = input.channels();
        int variance = Math.addExact(offset, channels);
        return List.of(
                new ParameterBlock(name + "/mean", List.of(channels), offset),
                new ParameterBlock(name + "/variance", List.of(channels), variance),
                new ParameterBlock(name + "/count", List.of(1), Math.addExact(variance, channels)));
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        int channels = input.channels();
        Arrays.fill(values, offset, offset + channels, 0);
        Arrays.fill(values, offset + channels, offset + 2 * channels, 1);
        values[offset + 2 * channels] = 0;
    }

    @Override
    public String traits() {
        return halfLife == 0 ? "running moments" : "running moments, half-life " + halfLife;
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> normalization = new LinkedHashMap<>();
        normalization.put("name", name);
        if (halfLife > 0) normalization.put("half_life", halfLife);
        normalization.put("epsilon", epsilon);
        return Map.of("normalization", normalization);
    }
}
