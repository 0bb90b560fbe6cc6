package dev.millrace.model.spec;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** One layer as data: its shapes, its parameters and how they begin. */
public sealed interface LayerSpec
        permits BranchesSpec,
                Conv2dSpec,
                DenseSpec,
                DepthwiseConv2dSpec,
                DropoutSpec,
                EmbeddingBagSpec,
                EmbeddingSpec,
                FactorizationMachineSpec,
                FlattenSpec,
                GlobalPooling1dSpec,
                GlobalPooling2dSpec,
                LayerNormalizationSpec,
                LstmSpec,
                NormalizationSpec,
                Pooling2dSpec,
                SelfAttentionSpec,
                SparseLinearSpec {

    /** Unique in the model; the prefix of its parameters' names. */
    String name();

    /**
     * The shape of what leaves it.
     *
     * @throws IllegalArgumentException naming the layer, the shape that it takes and the one received
     */
    Shape output(Shape input);

    /** What it does to its weighted sums; linear if it has none. */
    default Activation activation() {
        return Activation.LINEAR;
    }

    /** Its parameters in the order of the flat vector, beginning at {@code offset}. */
    default List<ParameterBlock> parameters(Shape input, int offset) {
        return List.of();
    }

    /** Writes initial values for {@link #parameters}. */
    default void initialize(float[] values, int offset, Shape input, SplittableRandom random) {}

    /** Its tables, [rows, width] each, of which a step touches some rows; beginning at {@code offset}. */
    default List<ParameterBlock> tables(Shape input, int offset) {
        return List.of();
    }

    /** Writes initial values for {@link #tables}. */
    default void initializeTables(float[] values, int offset, Shape input, SplittableRandom random) {}

    /** What the samples themselves set among {@link #parameters}. */
    default List<Moments> moments(Shape input, int offset) {
        return List.of();
    }

    /** For each input how many ids there are, if it is one: an integer in 0..ids-1; 0 for a number. [inputs] */
    default int[] ids(Shape input) {
        return new int[input.size()];
    }

    /** Values that an engine keeps of each sample on its way forward and back: outputs and their gradients. */
    default long kept(Shape input) {
        return 2L * output(input).size();
    }

    /** The same layer with another one in the place of each dropout in it. */
    default LayerSpec withDropouts(UnaryOperator<DropoutSpec> change) {
        return this;
    }

    /** What it does, in a word or two, for people to read; may be empty. */
    String traits();

    /** The layer as it stands in a specification. */
    Map<String, Object> toTree();
}
