package dev.millrace.pipeline.serve;

import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the outputs of a model are called.
 *
 * @param names of the classes 0, 1, ...; empty for a model that tells none apart
 * @param binary whether one output is the probability of the second of two
 */
record Classes(List<String> names, boolean binary) {

    /** @param named in the configuration; a class without a name is called by its number */
    static Classes of(ModelSpec spec, List<String> named) {
        if (spec.loss() == Loss.CATEGORICAL_CROSSENTROPY) return new Classes(names(spec.outputs(), named), false);
        boolean binary = spec.loss() == Loss.BINARY_CROSSENTROPY && spec.outputs() == 1;
        return new Classes(binary ? names(2, named) : List.of(), binary);
    }

    private static List<String> names(int count, List<String> named) {
        return IntStream.range(0, count)
                .mapToObj(i -> i < named.size() ? named.get(i) : Integer.toString(i))
                .toList();
    }

    /**
     * The likeliest class of a row, the first of equals; null where there are none.
     *
     * @param outputs of all rows, row-major
     * @param width outputs of a row
     */
    @Nullable
    String likeliest(float[] outputs, int row, int width) {
        if (names.isEmpty()) return null;
        if (binary) return names.get(outputs[row] > 0.5f ? 1 : 0);
        int best = 0;
        for (int k = 1; k < width; k++) {
            if (outputs[row * width + k] > outputs[row * width + best]) best = k;
        }
        return names.get(best);
    }
}
