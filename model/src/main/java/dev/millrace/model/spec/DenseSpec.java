package dev.millrace.model.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A fully connected layer: {@code activation(x W' + b)}.
 *
 * <p>Parameters: kernel W, [units, inputs] (so that a row is one unit's weights, which the products like best), then
 * bias b, [units].
 */
public record DenseSpec(
        String name, int units, Activation activation, Initializer kernelInitializer, Initializer biasInitializer)
        implements LayerSpec {

    public DenseSpec {
        if (units < 1) throw new IllegalArgumentException(name + ": units must be >= 1. Received: " + units);
    }

    @Override
    public Shape output(Shape input) {
        if (!input.isFlat()) {
            throw new IllegalArgumentException(name + " takes a flat input, [features]. Received: " + input
                    + "; put flatten or a global pooling before it");
        }
        return Shape.flat(units);
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        int inputs = input.size();
        return List.of(
                new ParameterBlock(name + "/kernel", List.of(units, inputs), offset),
                new ParameterBlock(name + "/bias", List.of(units), offset + units * inputs));
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        int inputs = input.size();
        kernelInitializer.fill(values, offset, units * inputs, inputs, units, random);
        biasInitializer.fill(values, offset + units * inputs, units, inputs, units, random);
    }

    @Override
    public String traits() {
        return activation.word();
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> dense = new LinkedHashMap<>();
        dense.put("name", name);
        dense.put("units", units);
        dense.put("activation", activation.word());
        dense.put("kernel_initializer", kernelInitializer.word());
        dense.put("bias_initializer", biasInitializer.word());
        return Map.of("dense", dense);
    }
}
