package dev.millrace.model.layer;

import dev.millrace.model.memory.OffHeap;
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
import dev.millrace.model.spec.Pooling;
import dev.millrace.model.spec.Pooling2dSpec;
import dev.millrace.model.spec.SelfAttentionSpec;
import dev.millrace.model.spec.SparseLinearSpec;
import dev.millrace.model.table.TouchedRows;
import java.util.ArrayList;
import java.util.List;

/** Compiles the layers of a model for the CPU. */
public final class Layers {
    private Layers() {}

    /**
     * The layers that compute something, from the first to the last; the last one's activation is left to the loss.
     *
     * @param parameters of the whole model
     * @param gradients of all parameters before the tables, in the same layout
     * @param rows gradient of each table
     * @param chunk most rows at once
     */
    public static List<Layer> compile(
            ModelSpec spec, OffHeap parameters, OffHeap gradients, TouchedRows[] rows, int chunk) {
        return compile(spec.placedLayers(), new Tensors(parameters, gradients, rows, chunk), true);
    }

    /** @param last whether the loss takes the last one's activation upon itself */
    private static List<Layer> compile(List<PlacedLayer> placed, Tensors tensors, boolean last) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < placed.size(); i++) {
            LayerSpec layer = placed.get(i).layer();
            if (layer instanceof FlattenSpec) continue; // the same floats
            boolean leaves = last && i == placed.size() - 1;
            layers.add(compile(placed.get(i), leaves ? Activation.LINEAR : layer.activation(), tensors));
        }
        return layers;
    }

    private static Layer branches(PlacedLayer placed, BranchesSpec spec, Activation activation, Tensors tensors) {
        List<LayerChain> chains = new ArrayList<>();
        List<List<PlacedLayer>> layers = spec.place(placed);
        for (int b = 0; b < layers.size(); b++) {
            Branch branch = spec.branches().get(b);
            int outputs = layers.get(b).get(layers.get(b).size() - 1).output().size();
            int inputs = placed.input().size();
            chains.add(new LayerChain(
                    compile(layers.get(b), tensors, false),
                    branch.from(),
                    branch.end(inputs) - branch.from(),
                    outputs,
                    tensors.chunk()));
        }
        boolean add = spec.merge() == BranchesSpec.Merge.ADD;
        return new BranchesLayer(
                chains, add, placed.input().size(), placed.output().size(), activation, tensors.chunk());
    }

    private static Layer compile(PlacedLayer placed, Activation activation, Tensors tensors) {
        LayerSpec layer = placed.layer();
        int inputs = placed.input().size();
        if (layer instanceof DenseSpec dense) {
            return new DenseLayer(inputs, dense.units(), activation, tensors, placed.offset());
        }
        if (layer instanceof Conv2dSpec conv2d) {
            return new Conv2dLayer(conv2d, placed.input(), activation, tensors, placed.offset());
        }
        if (layer instanceof DepthwiseConv2dSpec depthwise) {
            return new DepthwiseConv2dLayer(depthwise, placed, activation, tensors);
        }
        if (layer instanceof Pooling2dSpec pool) {
            return pooling(pool.pooling(), Pools.of(placed.input(), pool.window(), placed.output()), tensors.chunk());
        }
        if (layer instanceof GlobalPooling2dSpec pool) {
            return pooling(pool.pooling(), Pools.global(placed.input()), tensors.chunk());
        }
        if (layer instanceof GlobalPooling1dSpec pool) {
            return new GlobalPooling1dLayer(pool.pooling(), placed.input(), pool.maskZero(), tensors.chunk());
        }
        if (layer instanceof LstmSpec lstm) return new LstmLayer(lstm, placed, tensors);
        if (layer instanceof SelfAttentionSpec attention) return new SelfAttentionLayer(attention, placed, tensors);
        if (layer instanceof DropoutSpec dropout) {
            return new DropoutLayer(inputs, dropout.rate(), dropout.seed(), tensors.chunk());
        }
        if (layer instanceof LayerNormalizationSpec norm) {
            return new LayerNormalizationLayer(
                    inputs, placed.input().channels(), norm.epsilon(), tensors, placed.offset());
        }
        if (layer instanceof NormalizationSpec norm) {
            return new NormalizationLayer(inputs, placed.input().channels(), norm.epsilon(), tensors, placed.offset());
        }
        if (layer instanceof BranchesSpec branches) return branches(placed, branches, activation, tensors);
        if (layer instanceof EmbeddingSpec embedding) return new EmbeddingLayer(placed, embedding.table(), tensors);
        if (layer instanceof EmbeddingBagSpec bag) {
            return new BagLayer(
                    placed, bag.table(), bag.mode() == EmbeddingBagSpec.Mode.MEAN, false, activation, tensors);
        }
        if (layer instanceof SparseLinearSpec linear) {
            return new BagLayer(placed, linear.table(), false, true, activation, tensors);
        }
        if (layer instanceof FactorizationMachineSpec machine) {
            return new FactorizationMachineLayer(placed, machine.table(), activation, tensors);
        }
        throw new IllegalArgumentException("no such layer on the CPU: " + layer);
    }

    private static Layer pooling(Pooling pooling, Pools pools, int chunk) {
        return pooling == Pooling.MAX ? new MaxPoolingLayer(pools, chunk) : new AveragePoolingLayer(pools, chunk);
    }
}
