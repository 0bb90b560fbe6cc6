package dev.millrace.model.format;

import dev.millrace.model.spec.GlobalPooling1dSpec;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.Pooling;

/** One value of each feature from all steps. */
final class OnnxSteps {
    private final OnnxGraph graph;

    OnnxSteps(OnnxGraph graph) {
        this.graph = graph;
    }

    /** @param x [batch, steps, features] */
    OnnxValue pool(GlobalPooling1dSpec pool, PlacedLayer placed, OnnxValue x) {
        String pooled = pool.maskZero() ? masked(pool.pooling(), x.name()) : all(pool.pooling(), x.name());
        return OnnxValue.of(pooled, placed.output());
    }

    private String all(Pooling pooling, String x) {
        return graph.node(pooling == Pooling.MAX ? "ReduceMax" : "ReduceMean", x)
                .integers("axes", 1)
                .integer("keepdims", 0)
                .output();
    }

    private String masked(Pooling pooling, String x) {
        OnnxStepMask mask = new OnnxStepMask(graph, x);
        String count = sum(mask.ones());
        if (pooling == Pooling.AVERAGE) { // absent steps are zeros
            String atLeastOne = graph.node("Max", count, graph.number(1)).output();
            return graph.node("Div", sum(x), atLeastOne).output();
        }
        String largest = all(Pooling.MAX, mask.or(x, -Float.MAX_VALUE));
        String some = graph.node("Greater", count, graph.number(0)).output();
        return graph.node("Where", some, largest, graph.number(0)).output();
    }

    private String sum(String x) {
        return graph.node("ReduceSum", x, graph.integers(1))
                .integer("keepdims", 0)
                .output();
    }
}
