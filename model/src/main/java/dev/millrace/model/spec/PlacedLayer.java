package dev.millrace.model.spec;

import java.util.List;

/**
 * A layer where it stands in a model.
 *
 * @param input shape of what enters it
 * @param output shape of what leaves it
 * @param offset where its parameters begin in the flat vector
 * @param parameters its tensors, one behind the other
 * @param firstTable which of the model's tables is its first
 * @param tables its tables
 */
public record PlacedLayer(
        LayerSpec layer,
        Shape input,
        Shape output,
        int offset,
        List<ParameterBlock> parameters,
        int firstTable,
        List<ParameterBlock> tables) {
    public PlacedLayer {
        parameters = List.copyOf(parameters);
        tables = List.copyOf(tables);
    }
}
