package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.spec.DenseSpec;
import dev.millrace.model.spec.Shape;
import java.util.List;
import java.util.stream.Collectors;

/** Copies the tensors of a file's layer to where the model's has them. */
final class LayerCopy {
    private final FileLayout layout;

    LayerCopy(FileLayout layout) {
        this.layout = layout;
    }

    /** @throws SnapshotException naming the layer, both shapes and the file's tensor if they do not fit */
    void copy(ModelLayers.Entry entry, FileLayer from, float[] parameters) {
        List<Wanted> wanted = layout.tensors(entry.placed());
        if (wanted.size() != from.tensors().size()) {
            String expected =
                    wanted.stream().map(one -> one.what() + " " + one.shape()).collect(Collectors.joining(", "));
            throw new SnapshotException("layer " + entry.name() + " takes " + expected + " in " + layout.format()
                    + "'s layout. Received: " + from);
        }
        for (int i = 0; i < wanted.size(); i++) {
            copy(entry, wanted.get(i), from.tensors().get(i), parameters);
        }
        reorder(entry, from, parameters);
    }

    private void copy(ModelLayers.Entry entry, Wanted wanted, FileTensor tensor, float[] parameters) {
        if (!wanted.shape().equals(tensor.shape())) {
            throw new SnapshotException("layer " + entry.name() + " takes a " + wanted.what() + " of shape "
                    + wanted.shape() + " in " + layout.format() + "'s layout. Received: " + tensor);
        }
        float[] values = wanted.toOurs().apply(tensor.values().get());
        System.arraycopy(values, 0, parameters, wanted.offset(), wanted.size());
    }

    /** The columns of a dense layer behind an image that was flattened channel by channel. */
    private static void reorder(ModelLayers.Entry entry, FileLayer from, float[] parameters) {
        if (from.order() != FileLayer.Order.CHANNELS_FIRST) return;
        Shape image = entry.flattened();
        if (image == null || !(entry.placed().layer() instanceof DenseSpec dense)) {
            throw new SnapshotException("layer " + entry.name() + " must stand right behind the flatten of an image, as"
                    + " the file flattens one with its channels first. Received: " + from);
        }
        List<Integer> rows = List.of(dense.units(), image.channels(), image.height(), image.width());
        int offset = entry.placed().offset();
        float[] kernel = new float[dense.units() * image.size()];
        System.arraycopy(parameters, offset, kernel, 0, kernel.length);
        System.arraycopy(Axes.moved(kernel, rows, 0, 2, 3, 1), 0, parameters, offset, kernel.length);
    }
}
