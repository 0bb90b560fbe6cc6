package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GreetingTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("Try: curl -s -H 'Content-Type: application/json' -d (.*) (http://\\S+)\n");

    private static final ModelSpec WIDE = ModelSpec.fromYaml("""
            name: wide
            inputs: 100
            layers: [{dense: {units: 3, activation: softmax}}]
            loss: categorical_crossentropy
            """);

    @TempDir
    Path directory;

    interface Publishing {
        Published to(Published place);
    }

    static Stream<Publishing> models() {
        return Stream.of(
                place -> place.difference(7),
                place -> place.bids(7),
                place -> place.version(WIDE, null, 7, System.currentTimeMillis(), new float[303]));
    }

    /** As a shell reads it. */
    private static String word(String text) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", "printf %s " + text)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String read = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).isZero();
        return read;
    }

    @ParameterizedTest
    @MethodSource("models")
    void theExampleWorksForTheModelThatServes(Publishing publishing) throws IOException, InterruptedException {
        try (Served served = Served.of(publishing.to(new Published(directory)))) {
            String greeting = served.server().greeting(Duration.ofSeconds(20));

            assertThat(greeting).startsWith("Listening on " + served.uri()).contains("version 7 (newest).");
            Matcher example = EXAMPLE.matcher(greeting);
            assertThat(example.find()).as(greeting).isTrue();
            HttpResponse<String> response = served.post(example.group(2), word(example.group(1)));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(Served.json(response).path("version").longValue()).isEqualTo(7);
        }
    }

    @Test
    void withoutAVersionTheGreetingSaysHowToWaitForOne() throws InterruptedException, IOException {
        Following following = new Following(VersionChoice.NEWEST, Duration.ofSeconds(1), null);
        try (ModelServer server =
                new ModelServer(Served.settings(null, null), ModelPlace.directory(directory), following)) {
            server.start();

            assertThat(server.greeting(Duration.ofMillis(1)))
                    .contains("No version is loaded as newest yet", "/health/ready");
        }
    }
}
