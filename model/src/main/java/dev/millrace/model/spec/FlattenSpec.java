package dev.millrace.model.spec;

import java.util.Map;

/** An image as a flat sample, {@code [h, w, c]} to {@code [h * w * c]}: the same values in the same order. No parameters. */
public record FlattenSpec(String name) implements LayerSpec {

    @Override
    public Shape output(Shape input) {
        return Shape.flat(input.size());
    }

    /** Nothing moves. */
    @Override
    public long kept(Shape input) {
        return 0;
    }

    @Override
    public String traits() {
        return "";
    }

    @Override
    public Map<String, Object> toTree() {
        return Map.of("flatten", Map.of("name", name));
    }
}
