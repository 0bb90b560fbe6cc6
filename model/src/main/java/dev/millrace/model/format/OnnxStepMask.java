package dev.millrace.model.format;

/** Which steps of [batch, steps, features] are there: those whose features are not all 0. */
final class OnnxStepMask {
    private final OnnxGraph graph;
    private final String present; // booleans, [batch, steps, 1]

    OnnxStepMask(OnnxGraph graph, String x) {
        this.graph = graph;
        String sizes = graph.node("Abs", x).output();
        String largest = graph.node("ReduceMax", sizes).integers("axes", 2).output();
        this.present = graph.node("Greater", largest, graph.number(0)).output();
    }

    /** Booleans, [batch, steps, 1]. */
    String present() {
        return present;
    }

    /** 1 or 0, [batch, steps, 1]. */
    String ones() {
        return graph.node("Cast", present).integer("to", OnnxGraph.FLOAT).output();
    }

    /** Steps with something else in the place of absent ones. */
    String or(String x, double instead) {
        return graph.node("Where", present, x, graph.number(instead)).output();
    }
}
