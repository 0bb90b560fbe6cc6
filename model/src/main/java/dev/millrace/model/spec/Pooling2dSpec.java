package dev.millrace.model.spec;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One value for each position of a window, channel by channel: {@code [h, w, c]} becomes
 * {@code [(h - pool) / stride + 1, (w - pool) / stride + 1, c]}, rounded down. No parameters.
 *
 * @param window without padding
 */
public record Pooling2dSpec(String name, Pooling pooling, Window window) implements LayerSpec {
    public Pooling2dSpec {
        if (window.padding() != Padding.VALID) {
            throw new IllegalArgumentException(name + ": padding must be valid. Received: "
                    + window.padding().word());
        }
    }

    @Override
    public Shape output(Shape input) {
        return window.positions(name, "pool_size", input, input.channels());
    }

    @Override
    public String traits() {
        return window.text();
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("name", name);
        window.addTo(pool, "pool_size");
        return Map.of(pooling.word() + "_pooling2d", pool);
    }
}
