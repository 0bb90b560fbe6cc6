package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Groups, attributes and tensors of an HDF5 file. */
final class Hdf5 {
    private Hdf5() {}

    /** A group inside of a group; null if it is not there. */
    static @Nullable Group group(Group parent, String name) {
        return parent.getChildren().get(name) instanceof Group group ? group : null;
    }

    /** A text among the attributes; null if it is not there. */
    static @Nullable String text(Node node, String name) {
        Attribute attribute = node.getAttributes().get(name);
        return attribute != null && attribute.getData() instanceof String text ? text : null;
    }

    /**
     * Texts among the attributes. Keras cuts what is longer than an attribute can be into several, numbered from 0.
     *
     * @return null if they are not there
     */
    static @Nullable List<String> texts(Node node, String name) {
        Attribute whole = node.getAttributes().get(name);
        if (whole != null) return texts(whole);
        List<String> texts = new ArrayList<>();
        for (int i = 0; ; i++) {
            Attribute part = node.getAttributes().get(name + i);
            if (part == null) return i == 0 ? null : texts;
            texts.addAll(texts(part));
        }
    }

    private static List<String> texts(Attribute attribute) {
        if (attribute.isEmpty() || attribute.getSize() == 0) return List.of(); // of whatever type
        Object data = attribute.getData();
        if (data instanceof String[] texts) return Arrays.asList(texts);
        if (data instanceof String text) return List.of(text);
        throw new SnapshotException("attribute " + attribute.getName() + " of " + path(attribute.getNode())
                + " must be texts. Received: " + attribute.getJavaType().getSimpleName());
    }

    /** A tensor at a path below a group. @throws SnapshotException if there is none */
    static FileTensor tensor(Group parent, String path) {
        Node node = parent;
        for (String step : path.split("/", -1)) {
            node = node instanceof Group group ? group.getChildren().get(step) : null;
            if (node == null) throw new SnapshotException(path(parent) + " lacks the tensor " + path);
        }
        if (!(node instanceof Dataset dataset)) {
            throw new SnapshotException(path(node) + " must be a tensor. Received: a group");
        }
        String name = path(node);
        List<Long> extents =
                Arrays.stream(dataset.getDimensionsAsLong()).boxed().toList();
        return new FileTensor(name, FileTensor.shape(name, extents), () -> values(dataset));
    }

    private static float[] values(Dataset dataset) {
        Object data = dataset.isScalar() ? dataset.getData() : dataset.getDataFlat();
        if (data instanceof float[] values) return values;
        if (data instanceof Number number && !(data instanceof Double)) return new float[] {number.floatValue()};
        throw new SnapshotException("tensor " + path(dataset) + " must be float32. Received: "
                + dataset.getJavaType().getSimpleName());
    }

    /** A node's path without the slash at its beginning. */
    private static String path(Node node) {
        String path = node.getPath();
        return path.startsWith("/") ? path.substring(1) : path;
    }
}
