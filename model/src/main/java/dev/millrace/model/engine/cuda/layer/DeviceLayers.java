package dev.millrace.model.engine.cuda.layer;

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
import dev.millrace.model.spec.SparseLinearSpec;
import java.util.ArrayList;
import java.util.List;

/** Compiles the layers of a model for a device. */
public final class DeviceLayers {
    private final Compilation to;
    private final List<TableOnDevice> tables = new ArrayList<>();

    private DeviceLayers(Compilation to) {
        this.to = to;
    }

    /** Layers that there are no kernels for, as {@code kind (name)}. */
    public static List<String> unsupported(ModelSpec spec) {
        List<String> found = new ArrayList<>();
        addUnsupported(spec.layers(), true, found);
        return found;
    }

    /** @param features whether the first of the layers takes the samples' own features */
    private static void addUnsupported(List<LayerSpec> layers, boolean features, List<String> found) {
        for (int i = 0; i < layers.size(); i++) {
            LayerSpec layer = layers.get(i);
            boolean first = features && i == 0;
            if (layer instanceof BranchesSpec branches) {
                for (Branch branch : branches.branches()) addUnsupported(branch.layers(), first, found);
            } else if (!(takesAnything(layer) || (first && takesFeatures(layer)))) {
                found.add(layer.toTree().keySet().iterator().next() + " (" + layer.name() + ")");
            }
        }
    }

    private static boolean takesAnything(LayerSpec layer) {
        return layer instanceof DenseSpec
                || layer instanceof Conv2dSpec
                || layer instanceof DepthwiseConv2dSpec
                || layer instanceof FlattenSpec
                || layer instanceof Pooling2dSpec
                || layer instanceof GlobalPooling2dSpec
                || layer instanceof GlobalPooling1dSpec
                || layer instanceof SelfAttentionSpec
                || layer instanceof LstmSpec
                || layer instanceof DropoutSpec
                || layer instanceof LayerNormalizationSpec;
    }

    private static boolean takesFeatures(LayerSpec layer) {
        return layer instanceof NormalizationSpec
                || layer instanceof EmbeddingSpec
                || layer instanceof EmbeddingBagSpec
                || layer instanceof SparseLinearSpec
                || layer instanceof FactorizationMachineSpec;
    }

    /** Whether some layer is a convolution that cuDNN is asked for. */
    public static boolean convolves(ModelSpec spec) {
        return convolves(spec.placedLayers());
    }

    private static boolean convolves(List<PlacedLayer> layers) {
        for (PlacedLayer placed : layers) {
            if (placed.layer() instanceof Conv2dSpec conv2d
                    && Sliding.of(placed, conv2d.window()).isSymmetric()) return true;
            if (placed.layer() instanceof BranchesSpec branches) {
                for (List<PlacedLayer> branch : branches.place(placed)) if (convolves(branch)) return true;
            }
        }
        return false;
    }

    /** The layers of a model, and those of them that have tables. */
    record Compiled(Chain layers, List<TableOnDevice> tables) {}

    static Compiled compile(ModelSpec spec, Compilation to) {
        DeviceLayers layers = new DeviceLayers(to);
        List<DeviceLayer> compiled = layers.compile(spec.placedLayers(), 0, true, true);
        int inputs = spec.inputs();
        return new Compiled(
                new Chain(to, compiled, 0, inputs, inputs, spec.outputs(), true), List.copyOf(layers.tables));
    }

    /**
     * Compiles layers one behind the other.
     *
     * @param column of the samples' features that is their first input
     * @param features whether their inputs are features; else what a layer left
     * @param model whether they end the model, whose last activation the loss takes upon itself
     */
    private List<DeviceLayer> compile(List<PlacedLayer> placed, int column, boolean features, boolean model) {
        List<DeviceLayer> layers = new ArrayList<>();
        for (int i = 0; i < placed.size(); i++) {
            LayerSpec layer = placed.get(i).layer();
            boolean last = model && lastOf(placed, i);
            if (layer instanceof FlattenSpec) continue; // the same values
            Activation activation = last ? Activation.LINEAR : layer.activation();
            layers.add(compile(placed.get(i), column, features && layers.isEmpty(), activation, last));
        }
        return layers;
    }

    /** Whether nothing but flattening follows. */
    private static boolean lastOf(List<PlacedLayer> placed, int i) {
        return placed.subList(i + 1, placed.size()).stream().allMatch(after -> after.layer() instanceof FlattenSpec);
    }

    private DeviceLayer compile(PlacedLayer placed, int column, boolean features, Activation activation, boolean last) {
        LayerSpec layer = placed.layer();
        if (layer instanceof DenseSpec) return new DenseOnDevice(to, placed, activation, last);
        if (layer instanceof Conv2dSpec conv2d) return new ConvolutionOnDevice(to, placed, conv2d, activation, last);
        if (layer instanceof DepthwiseConv2dSpec conv2d) {
            return new DepthwiseConvolutionOnDevice(to, placed, conv2d, activation, last);
        }
        if (layer instanceof Pooling2dSpec pool) {
            Sliding sliding = new Sliding(placed.input(), pool.window(), placed.output());
            return new PoolOnDevice(to, sliding, pool.pooling(), last);
        }
        if (layer instanceof GlobalPooling2dSpec pool) {
            return new PoolOnDevice(to, Sliding.global(placed.input()), pool.pooling(), last);
        }
        if (layer instanceof GlobalPooling1dSpec pool) return new GlobalPooling1dOnDevice(to, placed, pool, last);
        if (layer instanceof LstmSpec lstm) return new LstmOnDevice(to, placed, lstm, last);
        if (layer instanceof SelfAttentionSpec attention) {
            return new SelfAttentionOnDevice(to, placed, attention, last);
        }
        if (layer instanceof DropoutSpec dropout) {
            return new DropoutOnDevice(to, placed.input().size(), dropout, last);
        }
        if (layer instanceof LayerNormalizationSpec norm) return new LayerNormalizationOnDevice(to, placed, norm, last);
        if (layer instanceof NormalizationSpec norm) return new NormalizationOnDevice(to, placed, norm, last);
        if (layer instanceof BranchesSpec branches) {
            return branches(placed, branches, column, features, activation, last);
        }
        if (!features) throw new IllegalArgumentException(layer.name() + " must take the samples' own features");
        TableOnDevice table = table(placed, column, activation, last);
        tables.add(table);
        return table;
    }

    private TableOnDevice table(PlacedLayer placed, int column, Activation activation, boolean last) {
        LayerSpec layer = placed.layer();
        if (layer instanceof EmbeddingSpec embedding) {
            return new EmbeddingOnDevice(to, placed, embedding.table(), column, last);
        }
        if (layer instanceof EmbeddingBagSpec bag) {
            boolean mean = bag.mode() == EmbeddingBagSpec.Mode.MEAN;
            return new BagOnDevice(to, placed, bag.table(), column, mean, false, activation, last);
        }
        if (layer instanceof SparseLinearSpec linear) {
            return new BagOnDevice(to, placed, linear.table(), column, false, true, activation, last);
        }
        if (layer instanceof FactorizationMachineSpec machine) {
            return new FactorizationOnDevice(to, placed, machine.table(), column, activation, last);
        }
        throw new IllegalArgumentException("no such layer on CUDA devices: " + layer);
    }

    private DeviceLayer branches(
            PlacedLayer placed, BranchesSpec spec, int column, boolean features, Activation activation, boolean last) {
        int inputs = placed.input().size();
        List<Chain> chains = new ArrayList<>();
        List<List<PlacedLayer>> layers = spec.place(placed);
        for (int b = 0; b < layers.size(); b++) {
            Branch branch = spec.branches().get(b);
            int outputs = layers.get(b).get(layers.get(b).size() - 1).output().size();
            int width = branch.end(inputs) - branch.from();
            List<DeviceLayer> compiled = compile(layers.get(b), column + branch.from(), features, false);
            chains.add(new Chain(to, compiled, branch.from(), width, inputs, outputs, features));
        }
        boolean add = spec.merge() == BranchesSpec.Merge.ADD;
        return new BranchesOnDevice(to, chains, add, inputs, placed.output().size(), features, activation, last);
    }
}
