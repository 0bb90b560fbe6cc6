package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {

    @Test
    void plainDataIsRead() {
        assertThat(YamlReader.readMap("a: 1\nb: [x, 2.5, true]\nc: {d: ''}\n"))
                .isEqualTo(Map.of("a", 1, "b", List.of("x", 2.5, true), "c", Map.of("d", "")));
        assertThat(YamlReader.readMap("")).isEmpty();
        assertThat(YamlReader.readMap("# only a comment\n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: !!javax.script.ScriptEngineManager [x]",
                "a: !!binary aGVsbG8=",
                "a: &anchor {b: 1}\nc: *anchor",
                "a: &x [l, l]\nb: &y [*x, *x]\nc: [*y, *y]",
                "a: 1\na: 2",
                "a: {b: 1, b: 2}",
                "a: 1\n---\nb: 2",
                "- a\n- b",
                "just text",
                "a: [1",
            })
    void whatAConfigurationDoesNotNeedIsRefused(String yaml) {
        assertThatThrownBy(() -> YamlReader.readMap(yaml)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void depthAndLengthAreBounded() {
        assertThatThrownBy(() -> YamlReader.read("[".repeat(40) + "]".repeat(40)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> YamlReader.read("a: " + "x".repeat(YamlReader.MAX_CHARACTERS)))
                .hasMessageContaining("must have at most 1048576 characters. Received: 1048579");
    }
}
