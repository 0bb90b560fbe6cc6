package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiDescriptionTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch", "head", "options");

    @TempDir
    Path directory;

    private static JsonNode description(Served served) throws IOException {
        HttpResponse<String> response = served.get("/openapi.yaml");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/yaml");
        return new YAMLMapper().readTree(response.body());
    }

    private static <T> Stream<T> stream(Iterable<T> items) {
        return StreamSupport.stream(items.spliterator(), false);
    }

    @Test
    void everyRouteIsDescribedAndNoOther() throws IOException {
        try (Served served = Served.of(new Published(directory).shift(1))) {
            JsonNode tree = description(served);
            Set<String> described = new TreeSet<>();
            tree.path("paths")
                    .properties()
                    .forEach(path -> path.getValue().properties().forEach(operation -> {
                        if (METHODS.contains(operation.getKey()))
                            described.add(operation.getKey() + " " + path.getKey());
                    }));

            Set<String> routes = new TreeSet<>();
            for (Route route : served.server().routes()) {
                routes.add(route.method().toLowerCase(Locale.ROOT) + " " + route.path());
            }

            assertThat(tree.path("openapi").textValue()).startsWith("3.1.");
            assertThat(described).isEqualTo(routes);
        }
    }

    @Test
    void whatIsOpenWithoutATokenIsDescribedSo() throws IOException {
        try (Served served = Served.of(new Published(directory).shift(1))) {
            JsonNode paths = description(served).path("paths");

            for (Route route : served.server().routes()) {
                JsonNode operation =
                        paths.path(route.path()).path(route.method().toLowerCase(Locale.ROOT));
                boolean open =
                        operation.has("security") && operation.path("security").isEmpty();
                assertThat(open).as(route.path()).isEqualTo(route.open());
            }
        }
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryPathNamesItsVariables() throws IOException {
        try (Served served = Served.of(new Published(directory).shift(1))) {
            JsonNode tree = description(served);

            List<String> references = tree.findValuesAsText("$ref");
            assertThat(references)
                    .isNotEmpty()
                    .allSatisfy(reference -> assertThat(
                                    tree.at(reference.substring(1)).isMissingNode())
                            .as(reference)
                            .isFalse());
            tree.path("paths").properties().forEach(path -> {
                Set<String> named = new TreeSet<>();
                stream(path.getValue().path("parameters")).forEach(parameter -> {
                    JsonNode resolved = parameter.has("$ref")
                            ? tree.at(parameter.path("$ref").textValue().substring(1))
                            : parameter;
                    named.add("{" + resolved.path("name").textValue() + "}");
                });
                assertThat(Stream.of(path.getKey().split("/")).filter(part -> part.startsWith("{")))
                        .as(path.getKey())
                        .containsExactlyInAnyOrderElementsOf(named);
            });
        }
    }
}
