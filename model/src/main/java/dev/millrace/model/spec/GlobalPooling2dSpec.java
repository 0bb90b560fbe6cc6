package dev.millrace.model.spec;

import java.util.Map;

/** One value for each channel of an image: {@code [h, w, c]} becomes {@code [c]}. No parameters. */
public record GlobalPooling2dSpec(String name, Pooling pooling) implements LayerSpec {

    @Override
    public Shape output(Shape input) {
        Window.requireImage(name, input);
        return Shape.flat(input.channels());
    }

    @Override
    public String traits() {
        return "";
    }

    @Override
    public Map<String, Object> toTree() {
        return Map.of("global_" + pooling.word() + "_pooling2d", Map.of("name", name));
    }
}
