package dev.millrace.pipeline.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.config.RegistryConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Against a registry that others wrote, with Confluent's paths: {@code deploy/registry-check.sh} starts one. */
@Timeout(60)
@EnabledIfSystemProperty(named = "registry.url", matches = ".+")
class RealRegistryTest {
    private static final String URL = System.getProperty("registry.url", "");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String USER =
            "{\"type\":\"record\",\"name\":\"shop.User\",\"fields\":[{\"name\":\"country\",\"type\":\"string\"}]}";
    private static final String BID = "{\"type\":\"record\",\"name\":\"shop.Bid\",\"fields\":["
            + "{\"name\":\"price\",\"type\":\"double\"},{\"name\":\"user\",\"type\":\"shop.User\"}]}";

    /** Subjects of this run alone. */
    private final String run = UUID.randomUUID().toString();

    private static RegistryClient client() {
        return new RegistryClient(new RegistryConfig(URL, null, null, null, Duration.ofSeconds(10), 2, null, null));
    }

    /** The id that the registry gives a schema. */
    private int register(String subject, ObjectNode body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(URL + "/subjects/" + subject + "-" + run + "/versions"))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode answer = JSON.readTree(response.body());
        assertThat(response.statusCode()).as("%s", answer).isEqualTo(200);
        return answer.path("id").asInt();
    }

    private static ObjectNode avro(String schema) {
        return JSON.createObjectNode().put("schema", schema);
    }

    @Test
    void aSchemaIsFoundByItsId() throws Exception {
        int id = register("users", avro(USER));

        assertThat(client().byId(id)).isEqualTo(new Schema.Parser().parse(USER));
    }

    @Test
    void anIdThatTheRegistryLacksIsNoSchema() {
        assertThat(client().byId(1_999_999_999)).isNull();
    }

    @Test
    void aSchemaMayReferToAnother() throws Exception {
        register("users", avro(USER));
        ObjectNode bid = avro(BID);
        bid.putArray("references")
                .addObject()
                .put("name", "shop.User")
                .put("subject", "users-" + run)
                .put("version", 1);
        int id = register("bids", bid);

        Schema found = Objects.requireNonNull(client().byId(id));

        assertThat(found.getField("user").schema()).isEqualTo(new Schema.Parser().parse(USER));
    }

    @Test
    void versionsOfASubjectKeepTheirOwnSchemas() throws Exception {
        String wider = USER.replace("\"fields\":[", "\"fields\":[{\"name\":\"age\",\"type\":\"int\",\"default\":0},");
        int first = register("evolving", avro(USER));
        int second = register("evolving", avro(wider));

        RegistryClient client = client();
        assertThat(List.of(first, second)).doesNotHaveDuplicates();
        assertThat(client.byId(first)).isEqualTo(new Schema.Parser().parse(USER));
        assertThat(client.byId(second)).isEqualTo(new Schema.Parser().parse(wider));
    }
}
