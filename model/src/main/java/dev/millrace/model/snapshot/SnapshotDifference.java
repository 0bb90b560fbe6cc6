package dev.millrace.model.snapshot;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.spec.ParameterBlock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What two snapshots have not in common.
 *
 * @param model of the specifications, layers and loss among them
 * @param features of the mappings of records to inputs
 * @param provenance of where they come from
 * @param tensors every tensor, in the first's order, then those of the second alone
 * @param all of the tensors that have equal shapes in both, as if they were one
 */
public record SnapshotDifference(
        List<Difference> model,
        List<Difference> features,
        List<Difference> provenance,
        List<TensorDifference> tensors,
        TensorDifference all) {
    public SnapshotDifference {
        model = List.copyOf(model);
        features = List.copyOf(features);
        provenance = List.copyOf(provenance);
        tensors = List.copyOf(tensors);
    }

    /** From {@code a} to {@code b}. */
    public static SnapshotDifference between(Snapshot a, Snapshot b) {
        SnapshotManifest first = a.manifest();
        SnapshotManifest second = b.manifest();
        Map<String, ParameterBlock> blocksA = blocks(first);
        Map<String, ParameterBlock> blocksB = blocks(second);
        Set<String> names = new LinkedHashSet<>(blocksA.keySet());
        names.addAll(blocksB.keySet());
        List<TensorDifference> tensors = new ArrayList<>();
        TensorDifference.Sums sums = new TensorDifference.Sums();
        for (String name : names) {
            ParameterBlock blockA = blocksA.get(name);
            ParameterBlock blockB = blocksB.get(name);
            tensors.add(TensorDifference.of(name, blockA, a.parameters(), blockB, b.parameters()));
            if (blockA == null || blockB == null || !blockA.shape().equals(blockB.shape())) continue;
            sums.addBoth(a.parameters(), blockA.offset(), b.parameters(), blockB.offset(), blockA.size());
        }
        return new SnapshotDifference(
                // Read and written again: two releases may spell out defaults differently.
                Difference.ofJson(first.modelSpec().toJson(), second.modelSpec().toJson()),
                Difference.ofJson(features(first), features(second)),
                Difference.of(first.provenance(), second.provenance()),
                tensors,
                sums.difference("all", List.of(), List.of(), true));
    }

    private static Map<String, ParameterBlock> blocks(SnapshotManifest manifest) {
        Map<String, ParameterBlock> blocks = new LinkedHashMap<>();
        for (ParameterBlock block : manifest.modelSpec().layout().blocks()) blocks.put(block.name(), block);
        return blocks;
    }

    private static @Nullable String features(SnapshotManifest manifest) {
        FeatureMapping mapping = manifest.featureMapping();
        return mapping == null ? null : mapping.toJson();
    }
}
