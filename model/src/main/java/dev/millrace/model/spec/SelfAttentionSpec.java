package dev.millrace.model.spec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Multi-head self-attention: each step looks at all steps. For each head, with q, k, v the step's projections,
 *
 * <pre>
 * [q k v]_t = x_t W' + b
 * a_ts = softmax_s(q_t . k_s / sqrt(keyDim))
 * y_t = [sum_s a_ts v_s of each head] O' + d
 * </pre>
 *
 * {@code [steps, features]} stays {@code [steps, features]}. It knows no order of the steps. Source: Vaswani et al. 2017.
 *
 * <p>Parameters, with {@code n = numHeads keyDim}: kernel W, [3 n, features], the queries of all heads, then keys, then values;
 * bias b, [3 n]; output_kernel O, [features, n]; output_bias d, [features]. Kernels begin as glorot_uniform, biases at 0.
 *
 * @param keyDim values of a head's query, key and value
 * @param maskZero whether steps whose features are all 0 are absent: nobody looks at them, and zeros leave for them
 */
public record SelfAttentionSpec(String name, int numHeads, int keyDim, boolean maskZero) implements LayerSpec {

    @Override
    public Shape output(Shape input) {
        SequenceInput.require(name, input);
        return Shape.sequence(input.height(), input.channels());
    }

    /** Values of a query, a key or a value of all heads. */
    public int width() {
        return Math.multiplyExact(numHeads, keyDim);
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        int features = input.channels();
        int three = Math.multiplyExact(3, width());
        int bias = Math.addExact(offset, Math.multiplyExact(three, features));
        int output = Math.addExact(bias, three);
        return List.of(
                new ParameterBlock(name + "/kernel", List.of(three, features), offset),
                new ParameterBlock(name + "/bias", List.of(three), bias),
                new ParameterBlock(name + "/output_kernel", List.of(features, width()), output),
                new ParameterBlock(name + "/output_bias", List.of(features), output + features * width()));
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        int features = input.channels();
        int one = width() * features;
        int at = offset;
        for (int i = 0; i < 3; i++, at += one) {
            Initializer.GLOROT_UNIFORM.fill(values, at, one, features, width(), random);
        }
        Arrays.fill(values, at, at + 3 * width(), 0);
        at += 3 * width();
        Initializer.GLOROT_UNIFORM.fill(values, at, one, width(), features, random);
        Arrays.fill(values, at + one, at + one + features, 0);
    }

    /** Projections and their gradients, what each head gathers, and who looks at whom. */
    @Override
    public long kept(Shape input) {
        long steps = input.height();
        return 2L * output(input).size() + steps * (8L * width() + steps * numHeads);
    }

    @Override
    public String traits() {
        return numHeads + (numHeads == 1 ? " head" : " heads") + (maskZero ? ", without absent steps" : "");
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> attention = new LinkedHashMap<>();
        attention.put("name", name);
        attention.put("num_heads", numHeads);
        attention.put("key_dim", keyDim);
        attention.put("mask_zero", maskZero);
        return Map.of("self_attention", attention);
    }
}
