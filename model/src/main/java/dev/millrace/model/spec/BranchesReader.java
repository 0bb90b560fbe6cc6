package dev.millrace.model.spec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code concatenate} and {@code add}. */
final class BranchesReader {
    private BranchesReader() {}

    static LayerSpec read(Fields fields, LayerReader.Place place, BranchesSpec.Merge merge) {
        Activation activation =
                merge == BranchesSpec.Merge.ADD ? LayerReader.activation(fields, place) : Activation.LINEAR;
        List<Branch> branches = new ArrayList<>();
        Object value = fields.value("branches");
        if (value instanceof List<?> list && list.size() > 1) {
            for (int i = 0; i < list.size(); i++) {
                Branch branch = branch(fields.section("branches[" + i + "]", list.get(i)), place, i);
                if (branch != null) branches.add(branch);
            }
        } else {
            fields.reject("branches must be a list of at least 2, each with layers", value);
        }
        return new BranchesSpec(place.name(fields), merge, branches, activation);
    }

    private static @Nullable Branch branch(@Nullable Fields fields, LayerReader.Place place, int index) {
        if (fields == null) return null;
        int from = 0;
        int to = Branch.ALL;
        Object inputs = fields.value("inputs");
        if (inputs != null) {
            if (inputs instanceof List<?> pair
                    && pair.size() == 2
                    && pair.get(0) instanceof Integer first
                    && pair.get(1) instanceof Integer end
                    && first >= 0
                    && end > first) {
                from = first;
                to = end;
            } else {
                fields.reject("inputs must be [first, end], two integers with 0 <= first < end", inputs);
            }
        }
        List<LayerSpec> layers = place.branch(fields, index);
        fields.rejectUnknown();
        return layers == null ? null : new Branch(from, to, layers);
    }
}
