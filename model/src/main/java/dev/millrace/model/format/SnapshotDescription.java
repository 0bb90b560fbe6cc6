package dev.millrace.model.format;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.spec.BranchesSpec;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.PlacedLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A snapshot without its parameters as JSON: what the model is, where each tensor lies, where it comes from, what its inputs are. */
public final class SnapshotDescription {
    private SnapshotDescription() {}

    /** Indented JSON. */
    public static String json(SnapshotManifest manifest) {
        ModelSpec spec = manifest.modelSpec();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("model", manifest.model());
        tree.put("version", manifest.version());
        tree.put("created", manifest.created());
        tree.put("sha256", manifest.sha256());
        tree.put("parameters", manifest.parameters());
        tree.put("inputs", spec.inputShape().extents());
        tree.put("outputs", spec.outputs());
        tree.put("spec", spec.toTree());
        tree.put("layers", layers(spec.placedLayers()));
        tree.put("provenance", manifest.provenance());
        FeatureMapping mapping = manifest.featureMapping();
        String features = manifest.features();
        if (mapping == null || features == null) return Json.pretty(tree);
        if (!mapping.spec().classes().isEmpty())
            tree.put("classes", mapping.spec().classes());
        tree.put("features", Json.read("the features", features));
        return Json.pretty(tree);
    }

    private static List<Object> layers(List<PlacedLayer> placed) {
        List<Object> layers = new ArrayList<>();
        for (PlacedLayer layer : placed) layers.add(layer(layer));
        return layers;
    }

    private static Map<String, Object> layer(PlacedLayer placed) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", placed.layer().name());
        tree.put("kind", ModelLayers.kind(placed.layer()));
        tree.put("input", placed.input().extents());
        tree.put("output", placed.output().extents());
        tree.put("activation", placed.layer().activation().word());
        if (placed.layer() instanceof BranchesSpec branches) {
            tree.put(
                    "branches",
                    branches.place(placed).stream()
                            .map(SnapshotDescription::layers)
                            .toList());
            return tree;
        }
        List<Object> tensors = new ArrayList<>();
        placed.parameters().forEach(block -> tensors.add(tensor(block)));
        placed.tables().forEach(block -> tensors.add(tensor(block)));
        tree.put("tensors", tensors);
        return tree;
    }

    /** The offset counts values, as the parameters lie in safetensors. */
    private static Map<String, Object> tensor(ParameterBlock block) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", block.name());
        tree.put("shape", block.shape());
        tree.put("offset", block.offset());
        return tree;
    }
}
