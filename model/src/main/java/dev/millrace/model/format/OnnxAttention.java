package dev.millrace.model.format;

import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.SelfAttentionSpec;
import java.util.List;

/** Self-attention out of products and a softmax. */
final class OnnxAttention {
    private final OnnxGraph graph;

    OnnxAttention(OnnxGraph graph) {
        this.graph = graph;
    }

    /** @param x [batch, steps, features] */
    OnnxValue add(SelfAttentionSpec spec, PlacedLayer placed, OnnxValue x) {
        List<ParameterBlock> blocks = placed.parameters();
        int width = spec.width();
        int steps = placed.input().height();
        String projected = projected(x.name(), blocks.get(0), blocks.get(1));
        List<String> parts = graph.node("Split", projected, graph.integers(width, width, width))
                .integer("axis", 2)
                .outputs(3);
        String queries = heads(parts.get(0), spec, steps, 0, 2, 1, 3); // [batch, heads, steps, keyDim]
        String keys = heads(parts.get(1), spec, steps, 0, 2, 3, 1); // [batch, heads, keyDim, steps]
        String values = heads(parts.get(2), spec, steps, 0, 2, 1, 3);
        String products = graph.node("MatMul", queries, keys).output();
        String scores = graph.node("Mul", products, graph.number(1 / Math.sqrt(spec.keyDim())))
                .output();
        String y;
        if (spec.maskZero()) {
            OnnxStepMask mask = new OnnxStepMask(graph, x.name());
            y = mask.or(gathered(looked(scores, mask, steps), values, spec, steps, blocks), 0);
        } else {
            y = gathered(scores, values, spec, steps, blocks);
        }
        return OnnxValue.of(y, placed.output());
    }

    private String projected(String x, ParameterBlock kernel, ParameterBlock bias) {
        String transposed = graph.node("Transpose", graph.parameter(kernel))
                .integers("perm", 1, 0)
                .output();
        String product = graph.node("MatMul", x, transposed).output();
        return graph.node("Add", product, graph.parameter(bias)).output();
    }

    private String heads(String x, SelfAttentionSpec spec, int steps, long... order) {
        String split = graph.node("Reshape", x, graph.integers(-1, steps, spec.numHeads(), spec.keyDim()))
                .output();
        return graph.node("Transpose", split).integers("perm", order).output();
    }

    /** Nobody looks at absent steps; where all are absent what leaves is cleared anyway. */
    private String looked(String scores, OnnxStepMask mask, int steps) {
        String row = graph.node("Reshape", mask.present(), graph.integers(-1, 1, 1, steps))
                .output();
        return graph.node("Where", row, scores, graph.number(-Float.MAX_VALUE)).output();
    }

    private String gathered(
            String scores, String values, SelfAttentionSpec spec, int steps, List<ParameterBlock> blocks) {
        String looks = graph.node("Softmax", scores).integer("axis", -1).output();
        String heads = graph.node("MatMul", looks, values).output();
        String side =
                graph.node("Transpose", heads).integers("perm", 0, 2, 1, 3).output();
        String joined = graph.node("Reshape", side, graph.integers(-1, steps, spec.width()))
                .output();
        return projected(joined, blocks.get(2), blocks.get(3));
    }
}
