package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.spec.PlacedLayer;
import java.util.List;

/** How a format lays out the tensors of a layer. */
interface FileLayout {
    /** What messages call the format. */
    String format();

    /**
     * The kind of layer that it has in the place of one of this project's.
     *
     * @throws SnapshotException if it has none
     */
    String kind(PlacedLayer layer);

    /** The tensors of such a layer in the file's order. */
    List<Wanted> tensors(PlacedLayer layer);
}
