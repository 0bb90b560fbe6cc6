package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import io.jhdf.api.Group;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layout of Keras 1 and 2, which Keras 3 still writes to {@code .h5}: a group for each of {@code layer_names}, in it the
 * tensors of {@code weight_names}, such as {@code dense/kernel:0}.
 */
final class KerasLegacy {
    private KerasLegacy() {}

    /** The group with the layers: of a whole model, or of its weights alone; null if the file has another layout. */
    static @Nullable Group layers(Group root) {
        Group model = Hdf5.group(root, "model_weights");
        Group layers = model == null ? root : model;
        return Hdf5.texts(layers, "layer_names") == null ? null : layers;
    }

    static List<FileLayer> read(Group layers, @Nullable KerasConfig config) {
        List<FileLayer> read = new ArrayList<>();
        List<String> names = Hdf5.texts(layers, "layer_names");
        for (String name : names == null ? List.<String>of() : names) {
            Group group = Hdf5.group(layers, name);
            List<String> weights = group == null ? null : Hdf5.texts(group, "weight_names");
            if (group == null || weights == null) {
                throw new SnapshotException("the file names a layer " + name + " and lacks its weight_names");
            }
            List<FileTensor> tensors = new ArrayList<>();
            for (String weight : weights) {
                if (weight.contains("seed_generator")) continue; // of dropout
                tensors.add(Hdf5.tensor(group, weight));
            }
            if (tensors.isEmpty()) continue;
            read.add(new FileLayer(name, config == null ? null : config.kind(name), tensors));
        }
        return read;
    }
}
