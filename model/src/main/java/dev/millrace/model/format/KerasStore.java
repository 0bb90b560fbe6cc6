package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import io.jhdf.api.Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layout of Keras 3, in {@code .weights.h5} and inside of {@code .keras}: {@code layers/<kind>[_<number>]/vars/<number>}, where
 * the kinds are numbered in the model's order and an attribute of {@code vars} has the layer's own name. Parts of a layer, such
 * as an LSTM's cell, are groups beside {@code vars}.
 */
final class KerasStore {
    /** The parts of layers that have some, in the order of their tensors. */
    private static final List<String> PARTS =
            List.of("cell", "query_dense", "key_dense", "value_dense", "output_dense");

    private KerasStore() {}

    /** The group with the layers; null if the file has another layout. */
    static @Nullable Group layers(Group root) {
        Group layers = Hdf5.group(root, "layers");
        return layers == null ? Hdf5.group(root, "_layer_checkpoint_dependencies") : layers;
    }

    /** Layers of one kind in the model's order. */
    static List<FileLayer> read(Group layers) {
        List<String> groups = new ArrayList<>(layers.getChildren().keySet());
        groups.sort(Comparator.comparing(KerasStore::kind).thenComparing(KerasStore::number));
        List<FileLayer> read = new ArrayList<>();
        for (String name : groups) {
            Group group = Hdf5.group(layers, name);
            if (group == null) continue;
            if (layers(group) != null) {
                throw new SnapshotException(
                        "the file's layer " + name + " is a model of its own; layers must not be nested");
            }
            List<FileTensor> tensors = new ArrayList<>(variables(group));
            for (String part : PARTS) {
                Group inner = Hdf5.group(group, part);
                if (inner != null) tensors.addAll(variables(inner));
            }
            if (!tensors.isEmpty()) read.add(new FileLayer(ownName(group, name), kind(name), tensors));
        }
        return read;
    }

    private static String ownName(Group group, String fallback) {
        Group variables = Hdf5.group(group, "vars");
        String name = variables == null ? null : Hdf5.text(variables, "name");
        return name == null ? fallback : name;
    }

    private static List<FileTensor> variables(Group group) {
        Group variables = Hdf5.group(group, "vars");
        List<FileTensor> tensors = new ArrayList<>();
        for (int i = 0; variables != null && i < variables.getChildren().size(); i++) {
            tensors.add(Hdf5.tensor(variables, Integer.toString(i)));
        }
        return tensors;
    }

    /** {@code dense} of {@code dense_12}. */
    private static String kind(String group) {
        return group.replaceFirst("_\\d+$", "");
    }

    private static int number(String group) {
        String digits = group.substring(kind(group).length());
        return digits.isEmpty() || digits.length() > 9 ? 0 : Integer.parseInt(digits.substring(1));
    }
}
