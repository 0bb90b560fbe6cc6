package dev.millrace.model.spec;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One value for each feature of a sequence: {@code [steps, features]} becomes {@code [features]}. No parameters.
 *
 * @param maskZero whether steps whose features are all 0 are absent; of none at all every value is 0
 */
public record GlobalPooling1dSpec(String name, Pooling pooling, boolean maskZero) implements LayerSpec {

    @Override
    public Shape output(Shape input) {
        SequenceInput.require(name, input);
        return Shape.flat(input.channels());
    }

    @Override
    public String traits() {
        return maskZero ? "without absent steps" : "";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("name", name);
        pool.put("mask_zero", maskZero);
        return Map.of("global_" + pooling.word() + "_pooling1d", pool);
    }
}
