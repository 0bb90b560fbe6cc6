package dev.millrace.model.feature;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Some inputs of a model, made of one field or several. */
public sealed interface Feature
        permits NumericFeature,
                CategoricalFeature,
                CrossFeature,
                TextFeature,
                TokensFeature,
                VectorFeature,
                ImageFeature {

    /** How many inputs it gives, always. */
    int width();

    /** Paths of the fields it is made of. */
    List<String> fields();

    /** The name of its input {@code index}, 0..width-1. */
    String name(int index);

    /** What it does, for people. */
    String transform();

    /** As in the configuration, defaults spelled out. */
    Map<String, Object> toTree();

    /**
     * Prepares it for a schema.
     *
     * @param fields finds a path
     * @throws IllegalArgumentException naming the field whose type it cannot take
     */
    FeatureWriter compile(Function<String, FieldReader> fields);
}
