package dev.millrace.pipeline.server;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a model is trained, apart from its name and its place: what model and challenger may have each of its own.
 *
 * @param modelJson the layers
 * @param initialParameters snapshots or a safetensors file that a model without a checkpoint begins with; null for none
 * @param optimizer subtree {@code optimizer}
 * @param learningRate subtree {@code learning-rate}
 * @param batch who decides the size of each global batch while it is the model
 * @param provenance what every snapshot says of its origin beside what the server knows
 */
public record Recipe(
        String modelJson,
        @Nullable String initialParameters,
        Map<String, @Nullable Object> optimizer,
        Map<String, @Nullable Object> learningRate,
        BatchSettings batch,
        Map<String, String> provenance)
        implements Serializable {}
