package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {
    private static final Duration STOP = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private Served served(Limits limits) {
        return Served.of(new Published(directory).shift(1), limits);
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedWhetherItsLengthIsToldOrNot() {
        String body = "{\"instances\": [[" + " ".repeat(3000) + "1]]}";
        try (Served served = served(new Limits(2000, 100, 16, 0, STOP))) {
            HttpResponse<String> told = served.post("/models/shift/predict", body);
            HttpResponse<String> streamed = served.send(served.request("/models/shift/predict")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(body))));

            assertThat(told.statusCode()).isEqualTo(413);
            assertThat(told.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(Served.json(told).path("detail").textValue())
                    .isEqualTo("Request body is too large: " + body.length() + ">2000");
            assertThat(streamed.statusCode()).isEqualTo(413);
            assertThat(Served.json(streamed).path("detail").textValue())
                    .startsWith("Request body is too large")
                    .endsWith(">2000");
        }
    }

    @Test
    void aRequestThatIsOneTooManyIsToldToComeAgain() throws IOException {
        List<OpenRequest> open = new ArrayList<>();
        try (Served served = served(new Limits(2000, 100, 1, 0, STOP))) {
            open.add(new OpenRequest(served.uri())); // is answered
            // The second waits for its turn, the third is one too many; which one comes in as what is the server's
            // choice.
            HttpResponse<String> refused = await().until(
                            () -> {
                                open.add(new OpenRequest(served.uri()));
                                return served.post("/models/shift/predict", "{\"instances\": [[1]]}");
                            },
                            response -> response.statusCode() == 503);

            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(refused.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(served.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(open.get(0).finish().answer()).startsWith("HTTP/1.1 200");
        } finally {
            for (OpenRequest each : open) each.close();
        }
    }

    @Test
    void aClientThatAsksTooOftenIsToldSoButNotWhetherTheServerLives() {
        try (Served served = served(new Limits(2000, 100, 16, 5, STOP))) {
            HttpResponse<String> refused =
                    await().until(() -> served.get("/openapi.yaml"), response -> response.statusCode() != 200);

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(served.get("/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void limitsThatMakeNoSenseAreNamed() {
        assertThatThrownBy(() -> new Limits(0, 1, 1, 0, STOP))
                .hasMessage("--max-body must be in 1..1073741824. Received: 0");
        assertThatThrownBy(() -> new Limits(1, 1, 0, 0, STOP))
                .hasMessage("--max-concurrent must be in 1..4096. Received: 0");
    }
}
