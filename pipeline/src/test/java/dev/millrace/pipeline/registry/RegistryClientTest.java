package dev.millrace.pipeline.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.config.RegistryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RegistryClientTest {
    private static final String BID =
            "{\"type\":\"record\",\"name\":\"Bid\",\"fields\":[{\"name\":\"price\",\"type\":\"double\"}]}";

    private TestRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = new TestRegistry().register(7, BID);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private RegistryClient client(@Nullable String user, @Nullable String password, @Nullable String token) {
        RegistryConfig config =
                new RegistryConfig(registry.url(), user, password, token, Duration.ofSeconds(5), 2, null, null);
        return new RegistryClient(config, new BackOff(2, 10));
    }

    private RegistryClient client() {
        return client(null, null, null);
    }

    @Test
    void aSchemaIsAskedForOnce() {
        RegistryClient client = client();

        assertThat(client.byId(7)).isEqualTo(new Schema.Parser().parse(BID)).isSameAs(client.byId(7));
        assertThat(registry.requests).containsExactly("/schemas/ids/7");
    }

    @Test
    void anUnknownIdIsNoSchemaAndNotAskedForAgainAtOnce() {
        RegistryClient client = client();

        assertThat(client.byId(8)).isNull();
        assertThat(client.byId(8)).isNull();
        assertThat(registry.requests).containsExactly("/schemas/ids/8");
    }

    @Test
    void aRegistryThatIsBusyIsAskedAgain() {
        registry.failWith(503, 429);

        assertThat(client().byId(7)).isNotNull();
        assertThat(registry.requests).hasSize(3);
    }

    @Test
    void aRegistryThatStaysAwayFailsAfterTheLastRetry() {
        registry.failWith(503, 500, 502, 503);

        assertThatThrownBy(() -> client().byId(7))
                .isInstanceOf(RegistryException.class)
                .hasMessage("schema registry " + registry.url()
                        + ": it answers with status 502 to /schemas/ids/7, 3 times");
        registry.close();
        assertThatThrownBy(() -> client().byId(7))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("ConnectException")
                .hasMessageEndingWith("to /schemas/ids/7, 3 times");
    }

    @Test
    void aRefusalIsNotRepeatedAndSaysWhatToCheck() {
        registry.authorization = "Basic YW5uOnBhc3M="; // ann:pass

        assertThatThrownBy(() -> client("ann", "wrong", null).byId(7))
                .isInstanceOf(RegistryException.class)
                .hasMessageEndingWith("it answers with status 401 to /schemas/ids/7; check source.schema-registry.user"
                        + " and password, or token")
                .hasMessageNotContaining("wrong");
        assertThat(registry.requests).hasSize(1);
    }

    @Test
    void userOrTokenIsSentWithEveryRequest() {
        registry.authorization = "Basic YW5uOnBhc3M=";
        assertThat(client("ann", "pass", null).byId(7)).isNotNull();
        registry.authorization = "Bearer abc";
        assertThat(client(null, null, "abc").byId(7)).isNotNull();
    }

    @Test
    void schemasThatOthersNameAreReadFirst() {
        registry.put(
                "/schemas/ids/9",
                Map.of(
                        "schema",
                        "{\"type\":\"record\",\"name\":\"Sale\",\"fields\":[{\"name\":\"bid\",\"type\":\"Bid\"}]}",
                        "references",
                        List.of(Map.of("name", "Bid", "subject", "bid-value", "version", 3))));
        registry.put("/subjects/bid-value/versions/3", Map.of("schema", BID, "id", 7, "version", 3));

        Schema sale = Objects.requireNonNull(client().byId(9));

        assertThat(sale.getField("bid").schema().getField("price")).isNotNull();
    }

    @Test
    void whatIsNoAvroSchemaIsNoSchemaSaysWhyAndIsNotAskedForAgainAtOnce() {
        registry.put("/schemas/ids/3", Map.of("schema", "{}", "schemaType", "JSON"));
        registry.register(4, "{\"type\":\"array\",\"items\":\"null\"}");
        registry.register(5, "{\"type\":");
        registry.put(
                "/schemas/ids/6",
                Map.of(
                        "schema",
                        "\"Bid\"",
                        "references",
                        List.of(Map.of("name", "Bid", "subject", "bid-value", "version", 3))));
        RegistryClient client = client();

        for (int time = 0; time < 2; time++) {
            for (int id = 3; id <= 6; id++) assertThat(client.byId(id)).isNull();
        }

        assertThat(client.absence(3)).isEqualTo("cannot be used: it must be of type AVRO. Received: JSON");
        assertThat(client.absence(4)).startsWith("cannot be used: ").contains("could claim any number of them");
        assertThat(client.absence(5)).startsWith("cannot be used: ");
        assertThat(client.absence(6))
                .isEqualTo("cannot be used: it refers to version 3 of subject bid-value, which the registry lacks");
        assertThat(client.absence(7)).isEqualTo("is unknown");
        assertThat(registry.requests).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void anIdThatTheRegistryFindsFaultWithIsNoSchema() {
        registry.failWith(422);
        RegistryClient client = client();

        assertThat(client.byId(-1)).isNull();
        assertThat(client.absence(-1)).isEqualTo("cannot be used: it answers with status 422 to /schemas/ids/-1");
    }

    @Test
    void pausesDoubleUpToTheirLimitAndAreSpread() {
        BackOff backOff = new BackOff(200, 10_000);
        SplittableRandom random = new SplittableRandom(1);

        for (int i = 0; i < 100; i++) {
            assertThat(backOff.millis(0, random)).isBetween(100L, 200L);
            assertThat(backOff.millis(3, random)).isBetween(800L, 1600L);
            assertThat(backOff.millis(60, random)).isBetween(5_000L, 10_000L);
        }
    }
}
