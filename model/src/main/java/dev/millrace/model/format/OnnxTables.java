package dev.millrace.model.format;

import dev.millrace.model.spec.EmbeddingBagSpec;
import dev.millrace.model.spec.EmbeddingSpec;
import dev.millrace.model.spec.EmbeddingTable;
import dev.millrace.model.spec.FactorizationMachineSpec;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;

/** Layers over ids: rows that are gathered, cleared where id 0 is padding, and summed up. */
final class OnnxTables {
    private final OnnxGraph graph;

    OnnxTables(OnnxGraph graph) {
        this.graph = graph;
    }

    OnnxValue embedding(EmbeddingSpec embedding, PlacedLayer placed, OnnxValue x) {
        return OnnxValue.of(rows(new Ids(embedding.table(), x), placed), placed.output());
    }

    OnnxValue bag(EmbeddingBagSpec bag, PlacedLayer placed, OnnxValue x) {
        Ids ids = new Ids(bag.table(), x);
        String sum = sum(rows(ids, placed));
        if (bag.mode() == EmbeddingBagSpec.Mode.SUM) return OnnxValue.of(sum, placed.output());
        String count = ids.present == null
                ? graph.number(placed.input().size())
                : graph.node("Max", sum(ids.present), graph.number(1)).output();
        return OnnxValue.of(graph.node("Div", sum, count).output(), placed.output());
    }

    OnnxValue linear(EmbeddingTable table, PlacedLayer placed, OnnxValue x) {
        String sum = sum(rows(new Ids(table, x), placed));
        String bias = graph.parameter(placed.parameters().get(0));
        return OnnxValue.of(graph.node("Add", sum, bias).output(), placed.output());
    }

    /** {@code b + sum_i w_i + 1/2 sum_f ((sum_i v_if)^2 - sum_i v_if^2)}. */
    OnnxValue machine(FactorizationMachineSpec machine, PlacedLayer placed, OnnxValue x) {
        String rows = rows(new Ids(machine.table(), x), placed); // [batch, ids, 1 + factors]
        String weights = slice(rows, 0, 1);
        String factors = slice(rows, 1, machine.width());
        String linear = graph.node(
                        "Add", sum(weights), graph.parameter(placed.parameters().get(0)))
                .output();
        String sums = sum(factors);
        String squaresOfSums =
                graph.node("ReduceSumSquare", sums).integers("axes", 1).output();
        String sumsOfSquares = graph.node("ReduceSumSquare", factors)
                .integers("axes", 1, 2)
                .integer("keepdims", 0)
                .output();
        String column =
                graph.node("Unsqueeze", sumsOfSquares, graph.integers(1)).output();
        String twice = graph.node("Sub", squaresOfSums, column).output();
        String pairs = graph.node("Mul", twice, graph.number(0.5)).output();
        return OnnxValue.of(graph.node("Add", linear, pairs).output(), placed.output());
    }

    private String slice(String rows, int from, int to) {
        return graph.node("Slice", rows, graph.integers(from), graph.integers(to), graph.integers(2))
                .output();
    }

    /** Over the ids. */
    private String sum(String rows) {
        return graph.node("ReduceSum", rows, graph.integers(1))
                .integer("keepdims", 0)
                .output();
    }

    /** [batch, ids, width]. */
    private String rows(Ids ids, PlacedLayer placed) {
        String table = graph.parameter(placed.tables().get(0));
        String rows = graph.node("Gather", table, ids.name).output();
        return ids.present == null ? rows : graph.node("Mul", rows, ids.present).output();
    }

    /** Ids as integers, [batch, ids], and which of them are no padding, [batch, ids, 1]; null if all are. */
    private final class Ids {
        private final String name;
        private final @Nullable String present;

        Ids(EmbeddingTable table, OnnxValue x) {
            name = graph.node("Cast", x.name()).integer("to", OnnxGraph.INT64).output();
            present = table.maskZero() ? present(x.name()) : null;
        }

        private String present(String ids) {
            String padding = graph.node("Equal", ids, graph.number(0)).output();
            String there = graph.node("Not", padding).output();
            String ones =
                    graph.node("Cast", there).integer("to", OnnxGraph.FLOAT).output();
            return graph.node("Unsqueeze", ones, graph.integers(2)).output();
        }
    }
}
