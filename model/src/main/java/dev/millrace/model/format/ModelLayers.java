package dev.millrace.model.format;

import dev.millrace.model.spec.BranchesSpec;
import dev.millrace.model.spec.DropoutSpec;
import dev.millrace.model.spec.FlattenSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The layers of a model that have parameters, those of branches among them. */
final class ModelLayers {
    private final List<Entry> entries = new ArrayList<>();
    private boolean branched;

    /** @param flattened the image whose values enter the layer side by side; null if it is another layer's output */
    record Entry(PlacedLayer placed, @Nullable Shape flattened) {
        String name() {
            return placed.layer().name();
        }

        /** Its word in a specification. */
        String kind() {
            return ModelLayers.kind(placed.layer());
        }
    }

    ModelLayers(ModelSpec spec) {
        add(spec.placedLayers());
    }

    /** A layer's word in a specification. */
    static String kind(LayerSpec layer) {
        return layer.toTree().keySet().iterator().next();
    }

    private void add(List<PlacedLayer> layers) {
        Shape flattened = null;
        for (PlacedLayer placed : layers) {
            if (placed.layer() instanceof BranchesSpec branches) {
                branched = true;
                branches.place(placed).forEach(this::add);
            } else if (!placed.parameters().isEmpty() || !placed.tables().isEmpty()) {
                entries.add(new Entry(placed, flattened));
            }
            if (placed.layer() instanceof FlattenSpec && !placed.input().isFlat()) flattened = placed.input();
            else if (!(placed.layer() instanceof DropoutSpec)) flattened = null;
        }
    }

    List<Entry> entries() {
        return entries;
    }

    /** Whether layers stand side by side, so that their order says little. */
    boolean isBranched() {
        return branched;
    }
}
