package dev.millrace.model.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Branches side by side, whose outputs become one: joined, [a], [b] to [a + b], or added, [a], [a] to [a]. Each takes the same
 * input or some of its values: several inputs of a model are parts of one flat one.
 *
 * <p>Parameters: those of the branches' layers.
 */
public record BranchesSpec(String name, Merge merge, List<Branch> branches, Activation activation)
        implements LayerSpec {
    /** How the outputs become one. */
    public enum Merge {
        CONCATENATE,
        ADD;

        /** The word in a specification. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public BranchesSpec {
        branches = List.copyOf(branches);
    }

    @Override
    public Shape output(Shape input) {
        int outputs = 0;
        for (Branch branch : branches) {
            Shape output = branch.output(name, input);
            if (!output.isFlat()) {
                throw new IllegalArgumentException(name + " takes branches that end flat, [values]. Received: " + output
                        + " from "
                        + branch.layers().get(branch.layers().size() - 1).name());
            }
            if (merge == Merge.ADD && outputs > 0 && output.size() != outputs) {
                throw new IllegalArgumentException(name + " takes branches of equal outputs, [" + outputs
                        + "]. Received: " + output + " from "
                        + branch.layers().get(branch.layers().size() - 1).name());
            }
            outputs = merge == Merge.ADD ? output.size() : Math.addExact(outputs, output.size());
        }
        return Shape.flat(outputs);
    }

    /** The layers of all branches in their places, branch by branch. */
    public List<List<PlacedLayer>> place(Shape input, int offset, int firstTable, int tableOffset) {
        List<List<PlacedLayer>> placed = new ArrayList<>();
        int dense = offset;
        int table = firstTable;
        int tables = tableOffset;
        for (Branch branch : branches) {
            List<PlacedLayer> layers = branch.place(name, input, dense, table, tables);
            placed.add(layers);
            for (PlacedLayer layer : layers) {
                for (ParameterBlock block : layer.parameters()) dense = Math.addExact(dense, block.size());
                for (ParameterBlock block : layer.tables()) tables = Math.addExact(tables, block.size());
                table += layer.tables().size();
            }
        }
        return placed;
    }

    /** The layers of a model's branches where they stand. */
    public List<List<PlacedLayer>> place(PlacedLayer self) {
        int tables = self.tables().isEmpty() ? 0 : self.tables().get(0).offset();
        return place(self.input(), self.offset(), self.firstTable(), tables);
    }

    private List<PlacedLayer> layers(Shape input, int offset, int tableOffset) {
        return place(input, offset, 0, tableOffset).stream()
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        return layers(input, offset, 0).stream()
                .flatMap(layer -> layer.parameters().stream())
                .toList();
    }

    @Override
    public List<ParameterBlock> tables(Shape input, int offset) {
        return layers(input, 0, offset).stream()
                .flatMap(layer -> layer.tables().stream())
                .toList();
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        for (PlacedLayer layer : layers(input, offset, 0)) {
            layer.layer().initialize(values, layer.offset(), layer.input(), random.split());
        }
    }

    @Override
    public void initializeTables(float[] values, int offset, Shape input, SplittableRandom random) {
        for (PlacedLayer layer : layers(input, 0, offset)) {
            if (layer.tables().isEmpty()) continue;
            int first = layer.tables().get(0).offset();
            layer.layer().initializeTables(values, first, layer.input(), random.split());
        }
    }

    @Override
    public List<Moments> moments(Shape input, int offset) {
        return layers(input, offset, 0).stream()
                .flatMap(layer -> layer.layer().moments(layer.input(), layer.offset()).stream())
                .toList();
    }

    @Override
    public int[] ids(Shape input) {
        int[] ids = new int[input.size()];
        for (Branch branch : branches) {
            int[] of = branch.layers().get(0).ids(branch.input(name, input));
            for (int i = 0; i < of.length; i++) ids[branch.from() + i] = tighter(ids[branch.from() + i], of[i]);
        }
        return ids;
    }

    /** An input that two branches take as an id must be one for both. */
    private static int tighter(int one, int other) {
        return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
    }

    @Override
    public BranchesSpec withDropouts(UnaryOperator<DropoutSpec> change) {
        List<Branch> changed = new ArrayList<>();
        for (Branch branch : branches) {
            changed.add(new Branch(
                    branch.from(),
                    branch.to(),
                    branch.layers().stream()
                            .map(layer -> layer.withDropouts(change))
                            .toList()));
        }
        return new BranchesSpec(name, merge, changed, activation);
    }

    @Override
    public long kept(Shape input) {
        long kept = 2L * output(input).size();
        for (PlacedLayer layer : layers(input, 0, 0))
            kept += layer.layer().kept(layer.input()) + layer.input().size();
        return kept;
    }

    @Override
    public String traits() {
        return branches.size() + " branches" + (activation == Activation.LINEAR ? "" : ", " + activation.word());
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", name);
        if (merge == Merge.ADD) tree.put("activation", activation.word());
        List<Object> list = new ArrayList<>();
        for (Branch branch : branches) {
            Map<String, Object> one = new LinkedHashMap<>();
            if (branch.from() > 0 || branch.to() < Branch.ALL) one.put("inputs", List.of(branch.from(), branch.to()));
            one.put("layers", branch.layers().stream().map(LayerSpec::toTree).toList());
            list.add(one);
        }
        tree.put("branches", list);
        return Map.of(merge.word(), tree);
    }
}
