package dev.millrace.model.spec;

import java.util.List;

/**
 * Layers beside others, on some of the inputs of {@link BranchesSpec}.
 *
 * @param from the first of its inputs
 * @param to behind the last of its inputs
 */
public record Branch(int from, int to, List<LayerSpec> layers) {
    /** The end of whatever enters. */
    public static final int ALL = Integer.MAX_VALUE;

    public Branch {
        layers = List.copyOf(layers);
    }

    /** Behind the last input that it takes of so many. */
    public int end(int inputs) {
        return to == ALL ? inputs : to;
    }

    /** Whether it takes everything that enters. */
    boolean takesAll(Shape input) {
        return from == 0 && end(input.size()) == input.size();
    }

    /**
     * The shape of what enters its first layer.
     *
     * @throws IllegalArgumentException naming the branches' layer, its inputs and what there is
     */
    Shape input(String name, Shape input) {
        if (takesAll(input)) return input;
        if (!input.isFlat() || end(input.size()) > input.size()) {
            throw new IllegalArgumentException(name + ": a branch with inputs [" + from + ", " + to
                    + "] takes a flat input of at least " + to + " values. Received: " + input);
        }
        return Shape.flat(end(input.size()) - from);
    }

    /** Its layers in their places. */
    List<PlacedLayer> place(String name, Shape input, int offset, int firstTable, int tableOffset) {
        return ModelSpec.place(layers, input(name, input), offset, firstTable, tableOffset);
    }

    /** The shape of what leaves its last layer. */
    Shape output(String name, Shape input) {
        Shape shape = input(name, input);
        for (LayerSpec layer : layers) shape = layer.output(shape);
        return shape;
    }
}
