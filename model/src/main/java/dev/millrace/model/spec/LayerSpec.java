package dev.millrace.model.spec;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** One layer as data: its shape, its parameters and how they begin. */
public sealed interface LayerSpec permits DenseSpec {

    /** Unique in the model; the prefix of its parameters' names. */
    String name();

    /** Values of one sample that leave it, given those that enter. */
    int outputs(int inputs);

    /** What it does to its weighted sums. */
    Activation activation();

    /** Its parameters in the order of the flat vector, beginning at {@code offset}. */
    List<ParameterBlock> parameters(int inputs, int offset);

    /** Writes initial values for {@link #parameters}. */
    void initialize(float[] values, int offset, int inputs, SplittableRandom random);

    /** The layer as it stands in a specification. */
    Map<String, Object> toTree();
}
