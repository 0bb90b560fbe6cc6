package dev.millrace.model.spec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A long short-term memory over the steps of a sequence, from h = c = 0 on:
 *
 * <pre>
 * [i f g o] = x_t W' + h U' + b
 * c = sigmoid(f) c + sigmoid(i) tanh(g)
 * h = sigmoid(o) tanh(c)
 * </pre>
 *
 * {@code [steps, features]} becomes h after the last step, {@code [units]}, or after each, {@code [steps, units]}. Source:
 * Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000.
 *
 * <p>Parameters, the four gates one behind the other as in Keras: kernel W, [4 units, features], recurrent_kernel U,
 * [4 units, units], each gate's orthogonal, and bias b, [4 units], 1 for the forget gate and 0 for the others.
 *
 * @param returnSequences whether h leaves after each step
 * @param maskZero whether steps whose features are all 0 are absent: they change nothing, and zeros leave after them
 */
public record LstmSpec(String name, int units, boolean returnSequences, boolean maskZero) implements LayerSpec {
    private static final int GATES = 4;

    @Override
    public Shape output(Shape input) {
        SequenceInput.require(name, input);
        return returnSequences ? Shape.sequence(input.height(), units) : Shape.flat(units);
    }

    /** Values of all gates of a step. */
    public int gates() {
        return GATES * units;
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        int features = input.channels();
        int recurrent = Math.addExact(offset, Math.multiplyExact(gates(), features));
        int bias = Math.addExact(recurrent, Math.multiplyExact(gates(), units));
        return List.of(
                new ParameterBlock(name + "/kernel", List.of(gates(), features), offset),
                new ParameterBlock(name + "/recurrent_kernel", List.of(gates(), units), recurrent),
                new ParameterBlock(name + "/bias", List.of(gates()), bias));
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        int features = input.channels();
        Initializer.GLOROT_UNIFORM.fill(values, offset, gates() * features, features, gates(), random);
        int at = offset + gates() * features;
        for (int gate = 0; gate < GATES; gate++, at += units * units) Initializer.orthogonal(values, at, units, random);
        Arrays.fill(values, at, at + gates(), 0);
        Arrays.fill(values, at + units, at + 2 * units, 1);
    }

    /** Gates, cells and what h was before, of each step, beside the outputs. */
    @Override
    public long kept(Shape input) {
        return 2L * output(input).size() + (long) input.height() * (gates() + 2 * units);
    }

    @Override
    public String traits() {
        return maskZero ? "without absent steps" : "";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> lstm = new LinkedHashMap<>();
        lstm.put("name", name);
        lstm.put("units", units);
        lstm.put("return_sequences", returnSequences);
        lstm.put("mask_zero", maskZero);
        return Map.of("lstm", lstm);
    }
}
