package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.client.kafka.LiveSource;
import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.LiveTopic;
import dev.millrace.pipeline.publish.SentSnapshots;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.server.LiveOutlet;
import dev.millrace.pipeline.server.LiveState;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A model that is published on Kafka alone, with live parameters or without. */
class TopicServingTest {
    private static final SnapshotTopics TOPICS = new SnapshotTopics("snapshots", "models");

    private static final String ZEROS = "{\"instances\": [[0, 0, 0]]}";

    /** Live parameters answer those who ask for them, under their own name; all others have versions as ever. */
    @Test
    void liveParametersAnswerWhoAsksForThemAndAreSaidToBeUncovered() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                SentSnapshots sent = new SentSnapshots(kafka.bootstrapServers(), TOPICS)) {
            kafka.createTopic(TOPICS.snapshots(), 1, Map.of());
            kafka.createTopic(TOPICS.models(), 1, Map.of("cleanup.policy", "compact"));
            kafka.createTopic("live", 1, Map.of("cleanup.policy", "compact"));
            sent.send("ctr", 7, 1);
            KafkaConfig config = KafkaConfig.at(kafka.bootstrapServers());
            ModelPlace versions = ModelPlace.topics(config, TOPICS, "ctr", Duration.ofSeconds(20));
            ModelPlace place = versions.withLive(() -> new LiveSource(config.source(), "live", "ctr"));
            Following following = new Following(VersionChoice.NEWEST, Duration.ofMillis(50), null);
            ModelSpec spec = ModelSpec.fromYaml(
                    "{name: ctr, inputs: 3, layers: [{dense: {units: 1}}], loss: mean_squared_error}");
            try (LiveOutlet outlet = new LiveTopic(config.sink(), "live", "ctr", null, 1 << 20).open();
                    Served served = Served.of(
                            new ModelServer(Served.settings(null, null), place, following),
                            HttpClient.newHttpClient())) {
                outlet.send(new LiveState(
                        spec.toJson(),
                        9,
                        System.currentTimeMillis(),
                        new float[] {1, 2, 3, 5},
                        Map.of(SnapshotManifest.COVERED, "false")));
                await().until(() -> outlet.sent() == 1);

                JsonNode live = Served.json(served.post("/models/ctr/predict?alias=live", ZEROS));
                JsonNode newest = Served.json(served.post("/models/ctr/predict", ZEROS));
                JsonNode listed = Served.json(served.get("/models/ctr/versions"));
                HttpResponse<String> manifest = served.get("/models/ctr/aliases/live");
                String metrics = served.get("/metrics").body();

                assertThat(live.path("version").longValue()).isEqualTo(9);
                assertThat(live.path("covered")).isEqualTo(BooleanNode.FALSE);
                assertThat(live.path("predictions")
                                .get(0)
                                .path("outputs")
                                .get(0)
                                .doubleValue())
                        .isEqualTo(5);
                assertThat(newest.path("version").longValue()).isEqualTo(7);
                assertThat(newest.path("covered")).isEqualTo(BooleanNode.TRUE);
                assertThat(listed).hasSize(1);
                assertThat(listed.get(0).path("covered")).isEqualTo(BooleanNode.TRUE);
                assertThat(manifest.statusCode()).isEqualTo(404);
                assertThat(manifest.body()).contains("Live parameters are not handed out");
                assertThat(metrics).contains("millrace_serve_model_version{choice=\"live\"} 9.0");
            }
            try (Served without = Served.of(
                    new ModelServer(Served.settings(null, null), versions, following), HttpClient.newHttpClient())) {
                HttpResponse<String> answer = without.post("/models/ctr/predict?alias=live", ZEROS);

                assertThat(answer.statusCode()).isEqualTo(400);
                assertThat(answer.body()).contains("this server knows no topic of live parameters");
            }
        }
    }

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
