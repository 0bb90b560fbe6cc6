package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.model.client.VersionChoice;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {
    private static final Duration LIMIT = Duration.ofHours(1);

    @TempDir
    Path directory;

    private static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theServerIsReadyAsSoonAsAVersionIsLoaded() throws IOException, InterruptedException {
        Published published = new Published(directory);
        Following following = new Following(VersionChoice.NEWEST, Duration.ofMillis(20), null);
        try (ModelServer server =
                new ModelServer(Served.settings(null, null), ModelPlace.directory(directory), following)) {
            server.start();

            HttpResponse<String> live = get(server.uri().resolve("/health/live"));
            HttpResponse<String> before = get(server.uri().resolve("/health/ready"));
            HttpResponse<String> tooEarly = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(server.uri().resolve("/models/shift/predict"))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"instances\": [[1]]}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            published.shift(1);

            assertThat(live.statusCode()).isEqualTo(200);
            assertThat(before.statusCode()).isEqualTo(503);
            assertThat(before.headers().firstValue("Retry-After")).isPresent();
            assertThat(Served.json(before).path("detail").textValue()).isEqualTo("No version is loaded as newest yet.");
            assertThat(tooEarly.statusCode()).as("a client is to try again").isEqualTo(503);
            assertThat(tooEarly.headers().firstValue("Retry-After")).isPresent();
            await().until(() -> get(server.uri().resolve("/health/ready")).statusCode() == 200);
        }
    }

    @Test
    void theServerIsNotReadyWithAVersionThatIsTooOldAndPredictsAllTheSame() {
        long old = System.currentTimeMillis() - 2 * LIMIT.toMillis();
        Published published = new Published(directory).version(Published.SHIFT, null, 5, old, 1, 5);
        try (Served served = Served.of(published, Served.settings(null, null), HttpClient.newHttpClient(), LIMIT)) {
            HttpResponse<String> ready = served.get("/health/ready");
            HttpResponse<String> predicted = served.post("/models/shift/predict", "{\"instances\": [[1]]}");
            published.shift(6);

            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(Served.json(ready).path("detail").textValue())
                    .startsWith("The version that serves is 720")
                    .endsWith("s old. The limit is 3600 s.");
            assertThat(predicted.statusCode()).isEqualTo(200);
            await().until(() -> served.get("/health/ready").statusCode() == 200);
        }
    }

    @Test
    void metricsCountWhatHappened() {
        Published published = new Published(directory).shift(1);
        try (Served served = Served.of(published)) {
            served.post("/models/shift/predict", "{\"instances\": [[1], [2], [3]]}");
            served.post("/models/shift/predict", "{\"instances\": []}");
            served.get("/nothing/at/all");
            published.shift(2);
            await().until(() ->
                    served.get("/metrics").body().contains("millrace_serve_model_version{choice=\"newest\"} 2.0"));

            // A request is counted once its answer has left.
            await().untilAsserted(() -> assertThat(served.get("/metrics").body())
                    .contains("millrace_serve_predictions_total{choice=\"newest\"} 3.0")
                    .contains("millrace_serve_model_swaps_total{choice=\"newest\"} 1.0")
                    .contains(
                            "millrace_serve_requests_total{method=\"POST\",route=\"/models/{model}/predict\",status=\"200\"} 1.0")
                    .contains(
                            "millrace_serve_requests_total{method=\"POST\",route=\"/models/{model}/predict\",status=\"400\"} 1.0")
                    .contains("millrace_serve_requests_total{method=\"none\",route=\"none\",status=\"404\"} 1.0")
                    .contains("millrace_serve_request_seconds_count{route=\"/models/{model}/predict\"} 2")
                    .contains("millrace_serve_model_age_seconds{choice=\"newest\"}")
                    .contains("millrace_serve_newest_event_age_seconds{choice=\"newest\"}")
                    .contains("millrace_serve_freshness_seconds_bucket{choice=\"newest\",le=\"2.0\"} 0")
                    .contains("millrace_serve_freshness_seconds_count{choice=\"newest\"} 2")
                    .doesNotContain("/nothing/at/all"));
        }
    }

    @Test
    void aVersionThatIsDamagedIsCountedAndTheOneBeforeGoesOn() {
        Published published = new Published(directory).shift(1);
        try (Served served = Served.of(published)) {
            published.version(Published.SHIFT, null, 2, System.currentTimeMillis(), Float.NaN, 2);

            await().until(() -> served.get("/metrics")
                    .body()
                    .contains("millrace_serve_refused_versions_total{choice=\"newest\"} 1.0"));
            assertThat(Served.json(served.post("/models/shift/predict", "{\"instances\": [[1]]}"))
                            .path("version")
                            .longValue())
                    .isEqualTo(1);
        }
    }
}
