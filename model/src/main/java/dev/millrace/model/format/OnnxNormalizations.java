package dev.millrace.model.format;

import dev.millrace.model.spec.LayerNormalizationSpec;
import dev.millrace.model.spec.NormalizationSpec;
import dev.millrace.model.spec.PlacedLayer;

/** Layers that normalize over the last extent. */
final class OnnxNormalizations {
    private final OnnxGraph graph;

    OnnxNormalizations(OnnxGraph graph) {
        this.graph = graph;
    }

    OnnxValue layer(LayerNormalizationSpec norm, PlacedLayer placed, OnnxValue x) {
        String gamma = graph.parameter(placed.parameters().get(0));
        String beta = graph.parameter(placed.parameters().get(1));
        String y = graph.node("LayerNormalization", x.name(), gamma, beta)
                .integer("axis", -1)
                .number("epsilon", norm.epsilon())
                .output();
        return OnnxValue.of(y, x.shape());
    }

    /** {@code (x - mean) * known / sqrt(variance + epsilon)}, where known is 0 until enough samples were seen. */
    OnnxValue running(NormalizationSpec norm, PlacedLayer placed, OnnxValue x) {
        String mean = graph.parameter(placed.parameters().get(0));
        String variance = graph.parameter(placed.parameters().get(1));
        String count = graph.parameter(placed.parameters().get(2));
        String enough = graph.node("GreaterOrEqual", count, graph.number(NormalizationSpec.FEWEST_SAMPLES))
                .output();
        String known = graph.node("Cast", enough).integer("to", OnnxGraph.FLOAT).output();
        String positive =
                graph.node("Add", variance, graph.number(norm.epsilon())).output();
        String deviation = graph.node("Sqrt", positive).output();
        String scale = graph.node("Div", known, deviation).output();
        String centered = graph.node("Sub", x.name(), mean).output();
        return OnnxValue.of(graph.node("Mul", centered, scale).output(), x.shape());
    }
}
