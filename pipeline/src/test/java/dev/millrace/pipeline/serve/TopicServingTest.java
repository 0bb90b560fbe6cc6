package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.SentSnapshots;
import dev.millrace.pipeline.publish.SnapshotTopics;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A model that is published on Kafka alone. */
class TopicServingTest {
    private static final SnapshotTopics TOPICS = new SnapshotTopics("snapshots", "models");

    @Test
    void versionsOnTopicsAreServedAndFollowed() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                SentSnapshots sent = new SentSnapshots(kafka.bootstrapServers(), TOPICS)) {
            kafka.createTopic(TOPICS.snapshots(), 1, Map.of());
            kafka.createTopic(TOPICS.models(), 1, Map.of("cleanup.policy", "compact"));
            sent.send("ctr", 7, 1);
            ModelPlace place =
                    ModelPlace.topics(KafkaConfig.at(kafka.bootstrapServers()), TOPICS, "ctr", Duration.ofSeconds(20));
            Following following = new Following(VersionChoice.NEWEST, Duration.ofMillis(100), null);
            try (Served served = Served.of(
                    new ModelServer(Served.settings(null, null), place, following), HttpClient.newHttpClient())) {
                JsonNode first = Served.json(served.post("/models/ctr/predict", "{\"instances\": [[0, -2, 0]]}"));
                HttpResponse<String> manifest = served.get("/models/ctr/versions/7/manifest.json");
                HttpResponse<byte[]> parameters =
                        served.sendForBytes(served.request("/models/ctr/versions/7/model.safetensors"));
                sent.send("ctr", 9, 5);

                // The weights are (1, 2, 3) and 4 is added: 0 in all, whose sigmoid is a half.
                assertThat(first.path("version").longValue()).isEqualTo(7);
                assertThat(first.path("predictions")
                                .get(0)
                                .path("outputs")
                                .get(0)
                                .doubleValue())
                        .isCloseTo(0.5, within(1e-6));
                ParameterLayout layout =
                        SnapshotManifest.fromJson(manifest.body()).modelSpec().layout();
                assertThat(parameters.statusCode()).isEqualTo(200);
                assertThat(Safetensors.read(layout, new ByteArrayInputStream(parameters.body())))
                        .containsExactly(1, 2, 3, 4);
                await().until(() -> served.post("/models/ctr/predict", "{\"instances\": [[0, 0, 0]]}")
                        .body()
                        .contains("\"version\":9"));
            }
        }
    }
}
