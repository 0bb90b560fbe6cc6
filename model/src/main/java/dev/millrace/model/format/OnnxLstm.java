package dev.millrace.model.format;

import dev.millrace.model.spec.LstmSpec;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.PlacedLayer;
import java.util.Arrays;
import java.util.List;

/**
 * An LSTM: ONNX's own, or, where steps may be absent, a scan over the steps, since ONNX's knows absent steps at the end of a
 * sequence alone.
 */
final class OnnxLstm {
    private final OnnxGraph graph;

    OnnxLstm(OnnxGraph graph) {
        this.graph = graph;
    }

    /** @param x [batch, steps, features] */
    OnnxValue add(LstmSpec lstm, PlacedLayer placed, OnnxValue x) {
        String y = lstm.maskZero() ? scan(lstm, placed, x.name()) : whole(lstm, placed, x.name());
        return OnnxValue.of(y, placed.output());
    }

    private String whole(LstmSpec lstm, PlacedLayer placed, String x) {
        ParameterBlock kernel = placed.parameters().get(0);
        ParameterBlock recurrent = placed.parameters().get(1);
        ParameterBlock bias = placed.parameters().get(2);
        int gates = lstm.gates();
        String w = graph.parameter(
                kernel, List.of(1, gates, placed.input().channels()), LstmGates.toOnnx(graph.values(kernel)));
        String r =
                graph.parameter(recurrent, List.of(1, gates, lstm.units()), LstmGates.toOnnx(graph.values(recurrent)));
        // A bias for each of the two products; one is enough.
        float[] biases = Arrays.copyOf(LstmGates.toOnnx(graph.values(bias)), 2 * gates);
        String b = graph.parameter(bias, List.of(1, 2 * gates), biases);
        List<String> outputs = graph.node("LSTM", stepsFirst(x), w, r, b)
                .integer("hidden_size", lstm.units())
                .outputs(2);
        if (!lstm.returnSequences()) {
            return graph.node("Squeeze", outputs.get(1), graph.integers(0)).output(); // of [1, batch, units]
        }
        String sequence =
                graph.node("Squeeze", outputs.get(0), graph.integers(1)).output();
        return stepsFirst(sequence);
    }

    /** [batch, steps, n] to [steps, batch, n], and back. */
    private String stepsFirst(String x) {
        return graph.node("Transpose", x).integers("perm", 1, 0, 2).output();
    }

    private String scan(LstmSpec lstm, PlacedLayer placed, String x) {
        String present = stepsFirst(new OnnxStepMask(graph, x).ones());
        String kernel = transposed(placed.parameters().get(0));
        String recurrent = transposed(placed.parameters().get(1));
        String products = graph.node("MatMul", stepsFirst(x), kernel).output();
        String projected = graph.node(
                        "Add", products, graph.parameter(placed.parameters().get(2)))
                .output();
        String batch =
                graph.node("Shape", x).integer("start", 0).integer("end", 1).output();
        String state = graph.node("Concat", batch, graph.integers(lstm.units()))
                .integer("axis", 0)
                .output();
        String zeros = graph.node("ConstantOfShape", state).output();
        List<String> outputs = graph.node("Scan", zeros, zeros, projected, present)
                .integer("num_scan_inputs", 2)
                .body(step(lstm, recurrent))
                .outputs(3);
        return lstm.returnSequences() ? stepsFirst(outputs.get(2)) : outputs.get(0);
    }

    private String transposed(ParameterBlock block) {
        return graph.node("Transpose", graph.parameter(block))
                .integers("perm", 1, 0)
                .output();
    }

    /** From h, c, x W' + b and whether the step is there to h, c and what leaves. */
    private onnx.Onnx.GraphProto step(LstmSpec lstm, String recurrent) {
        OnnxGraph step = graph.inner();
        int units = lstm.units();
        String name = lstm.name() + "/body/";
        step.input(name + "h", OnnxGraph.FLOAT, null, units);
        step.input(name + "c", OnnxGraph.FLOAT, null, units);
        step.input(name + "x", OnnxGraph.FLOAT, null, lstm.gates());
        step.input(name + "there", OnnxGraph.FLOAT, null, 1);
        String fed = step.node("MatMul", name + "h", recurrent).output();
        String sums = step.node("Add", name + "x", fed).output();
        List<String> gates = step.node("Split", sums).integer("axis", 1).outputs(4);
        String i = step.node("Sigmoid", gates.get(0)).output();
        String f = step.node("Sigmoid", gates.get(1)).output();
        String g = step.node("Tanh", gates.get(2)).output();
        String o = step.node("Sigmoid", gates.get(3)).output();
        String kept = step.node("Mul", f, name + "c").output();
        String added = step.node("Mul", i, g).output();
        String cell = step.node("Add", kept, added).output();
        String hidden = step.node("Mul", o, step.node("Tanh", cell).output()).output();
        String there = step.node("Greater", name + "there", step.number(0)).output();
        step.rename(step.node("Where", there, hidden, name + "h").output(), name + "h_out");
        step.rename(step.node("Where", there, cell, name + "c").output(), name + "c_out");
        step.rename(step.node("Where", there, hidden, step.number(0)).output(), name + "y");
        step.output(name + "h_out", OnnxGraph.FLOAT, null, units);
        step.output(name + "c_out", OnnxGraph.FLOAT, null, units);
        step.output(name + "y", OnnxGraph.FLOAT, null, units);
        return step.build();
    }
}
