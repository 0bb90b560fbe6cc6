package dev.millrace.model.format;

import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.Branch;
import dev.millrace.model.spec.BranchesSpec;
import dev.millrace.model.spec.Conv2dSpec;
import dev.millrace.model.spec.DenseSpec;
import dev.millrace.model.spec.DepthwiseConv2dSpec;
import dev.millrace.model.spec.DropoutSpec;
import dev.millrace.model.spec.EmbeddingBagSpec;
import dev.millrace.model.spec.EmbeddingSpec;
import dev.millrace.model.spec.FactorizationMachineSpec;
import dev.millrace.model.spec.FlattenSpec;
import dev.millrace.model.spec.GlobalPooling1dSpec;
import dev.millrace.model.spec.GlobalPooling2dSpec;
import dev.millrace.model.spec.LayerNormalizationSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.LstmSpec;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.NormalizationSpec;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.Pooling2dSpec;
import dev.millrace.model.spec.SelfAttentionSpec;
import dev.millrace.model.spec.Shape;
import dev.millrace.model.spec.SparseLinearSpec;
import java.util.ArrayList;
import java.util.List;

/** The layers of a model as nodes of a graph, as they predict. */
final class OnnxLayers {
    private final OnnxGraph graph;
    private final OnnxImages images;
    private final OnnxTables tables;
    private final OnnxNormalizations normalizations;
    private final OnnxSteps steps;
    private final OnnxLstm lstms;
    private final OnnxAttention attentions;

    OnnxLayers(OnnxGraph graph) {
        this.graph = graph;
        this.images = new OnnxImages(graph);
        this.tables = new OnnxTables(graph);
        this.normalizations = new OnnxNormalizations(graph);
        this.steps = new OnnxSteps(graph);
        this.lstms = new OnnxLstm(graph);
        this.attentions = new OnnxAttention(graph);
    }

    /**
     * Adds all layers.
     *
     * @param features [batch, inputs]
     * @return [batch, outputs]
     * @throws IllegalArgumentException naming a layer that has no equivalent
     */
    String add(ModelSpec spec, String features) {
        graph.enter(spec.name());
        Shape shape = spec.inputShape();
        String input = shape.isFlat() ? features : images.reshaped(features, shape);
        return images.flat(add(spec.placedLayers(), OnnxValue.of(input, shape))).name();
    }

    private OnnxValue add(List<PlacedLayer> layers, OnnxValue input) {
        OnnxValue value = input;
        for (PlacedLayer placed : layers) {
            graph.enter(placed.layer().name());
            value = activated(layer(placed, value), placed.layer().activation());
        }
        return value;
    }

    private OnnxValue layer(PlacedLayer placed, OnnxValue x) {
        LayerSpec layer = placed.layer();
        if (layer instanceof DenseSpec) return dense(placed, x);
        if (layer instanceof Conv2dSpec conv) return images.convolution(conv, placed, x);
        if (layer instanceof DepthwiseConv2dSpec conv) return images.depthwise(conv, placed, x);
        if (layer instanceof Pooling2dSpec pool) return images.pool(pool, placed, x);
        if (layer instanceof GlobalPooling2dSpec pool) return images.pool(pool, placed, x);
        if (layer instanceof FlattenSpec) return images.flat(x);
        if (layer instanceof DropoutSpec) return x; // of training alone
        if (layer instanceof LayerNormalizationSpec norm) {
            return normalizations.layer(norm, placed, images.channelsLast(x));
        }
        if (layer instanceof NormalizationSpec norm)
            return normalizations.running(norm, placed, images.channelsLast(x));
        if (layer instanceof EmbeddingSpec embedding) return tables.embedding(embedding, placed, x);
        if (layer instanceof EmbeddingBagSpec bag) return tables.bag(bag, placed, x);
        if (layer instanceof SparseLinearSpec linear) return tables.linear(linear.table(), placed, x);
        if (layer instanceof FactorizationMachineSpec machine) return tables.machine(machine, placed, x);
        if (layer instanceof GlobalPooling1dSpec pool) return steps.pool(pool, placed, images.sequence(x));
        if (layer instanceof LstmSpec lstm) return lstms.add(lstm, placed, images.sequence(x));
        if (layer instanceof SelfAttentionSpec attention) return attentions.add(attention, placed, images.sequence(x));
        if (layer instanceof BranchesSpec branches) return branches(branches, placed, x);
        throw new IllegalArgumentException("ONNX has no equivalent of layer " + layer.name() + ", "
                + layer.getClass().getSimpleName());
    }

    private OnnxValue dense(PlacedLayer placed, OnnxValue x) {
        String kernel = graph.parameter(placed.parameters().get(0));
        String bias = graph.parameter(placed.parameters().get(1));
        String y =
                graph.node("Gemm", x.name(), kernel, bias).integer("transB", 1).output();
        return OnnxValue.of(y, placed.output());
    }

    private OnnxValue branches(BranchesSpec spec, PlacedLayer placed, OnnxValue x) {
        List<List<PlacedLayer>> chains = spec.place(placed);
        List<String> ends = new ArrayList<>();
        for (int b = 0; b < chains.size(); b++) {
            graph.enter(spec.name() + "/" + b);
            OnnxValue part = part(spec.branches().get(b), placed.input(), x);
            ends.add(images.flat(add(chains.get(b), part)).name());
        }
        graph.enter(spec.name());
        return OnnxValue.of(merged(spec.merge(), ends), placed.output());
    }

    private OnnxValue part(Branch branch, Shape input, OnnxValue x) {
        int end = branch.end(input.size());
        if (branch.from() == 0 && end == input.size()) return x;
        String part = graph.node(
                        "Slice", x.name(), graph.integers(branch.from()), graph.integers(end), graph.integers(1))
                .output();
        return OnnxValue.of(part, Shape.flat(end - branch.from()));
    }

    private String merged(BranchesSpec.Merge merge, List<String> ends) {
        String[] all = ends.toArray(String[]::new);
        return switch (merge) {
            case CONCATENATE -> graph.node("Concat", all).integer("axis", 1).output();
            case ADD -> graph.node("Sum", all).output();
        };
    }

    private OnnxValue activated(OnnxValue z, Activation activation) {
        String y = switch (activation) {
            case LINEAR -> z.name();
            case RELU -> graph.node("Relu", z.name()).output();
            case TANH -> graph.node("Tanh", z.name()).output();
            case SIGMOID -> graph.node("Sigmoid", z.name()).output();
            case SOFTMAX -> graph.node("Softmax", z.name()).integer("axis", -1).output();
        };
        return new OnnxValue(y, z.shape(), z.channelsFirst());
    }
}
