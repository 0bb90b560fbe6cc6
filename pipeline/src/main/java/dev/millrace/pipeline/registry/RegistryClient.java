package dev.millrace.pipeline.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.config.RegistryConfig;
import dev.millrace.schemas.wire.SchemaCatalog;
import dev.millrace.schemas.wire.WriterSchemas;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writer schemas of a registry, by {@code GET /schemas/ids/{id}}. An id stands for one schema for ever, so each is asked
 * for once; of one that is unknown the registry is asked again after half a minute. A request that is not answered, or
 * answered with 429 or 5xx, is repeated with growing pauses; one that is refused, or a certificate that is not trusted,
 * fails at once. Not thread-safe.
 */
public final class RegistryClient implements WriterSchemas {
    private static final long UNKNOWN_NANOS = 30_000_000_000L;
    private static final int MAX_REFERENCES = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistryConfig config;
    private final BackOff backOff;
    private final HttpClient http;
    private final SplittableRandom random = new SplittableRandom();
    private final Map<Integer, Schema> byId = new HashMap<>();
    private final Map<Integer, Long> unknownSince = new HashMap<>();

    /** @throws RegistryException if the truststore cannot be read */
    public RegistryClient(RegistryConfig config) {
        this(config, new BackOff(200, 10_000));
    }

    RegistryClient(RegistryConfig config, BackOff backOff) {
        this.config = config;
        this.backOff = backOff;
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(config.timeout()).version(HttpClient.Version.HTTP_1_1);
        if (config.truststore() != null) {
            builder.sslContext(Trust.of(config.truststore(), config.truststorePassword()));
        }
        this.http = builder.build();
    }

    /**
     * {@inheritDoc}
     *
     * @throws RegistryException if the registry refuses to say, cannot be reached, or has no Avro schema there
     */
    @Override
    public @Nullable Schema byId(int id) {
        Schema known = byId.get(id);
        if (known != null) return known;
        Long since = unknownSince.get(id);
        if (since != null && System.nanoTime() - since < UNKNOWN_NANOS) return null;
        JsonNode answer = get("/schemas/ids/" + id);
        if (answer == null) {
            if (unknownSince.size() > 10_000) unknownSince.clear(); // ids come from records, which may claim any
            unknownSince.put(id, System.nanoTime());
            return null;
        }
        Schema schema = schema(answer, "schema " + id);
        byId.put(id, schema);
        return schema;
    }

    /** A registry knows ids only. */
    @Override
    public @Nullable Schema byFingerprint(long fingerprint) {
        return null;
    }

    private Schema schema(JsonNode answer, String what) {
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) throw failed(what + " must be of type AVRO. Received: " + type, null);
        try {
            Schema.Parser parser = new Schema.Parser();
            references(answer, parser, new HashMap<>());
            return SchemaCatalog.checked(parser.parse(answer.path("schema").asText()));
        } catch (AvroRuntimeException | IllegalArgumentException e) {
            throw failed(what + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** What a schema names of others is parsed before it, each once. */
    private void references(JsonNode answer, Schema.Parser parser, Map<String, Boolean> seen) {
        for (JsonNode reference : answer.path("references")) {
            String subject = reference.path("subject").asText();
            String version = reference.path("version").asText();
            String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions/"
                    + URLEncoder.encode(version, StandardCharsets.UTF_8);
            if (seen.put(path, true) != null) continue;
            if (seen.size() > MAX_REFERENCES) {
                throw new IllegalArgumentException("it must refer to at most " + MAX_REFERENCES + " others");
            }
            JsonNode referred = get(path);
            if (referred == null) {
                throw new IllegalArgumentException(
                        "it refers to version " + version + " of subject " + subject + ", which the registry lacks");
            }
            references(referred, parser, seen);
            parser.parse(referred.path("schema").asText());
        }
    }

    /** The answer; null for 404. */
    private @Nullable JsonNode get(String path) {
        HttpRequest request = request(path);
        for (int retry = 0; ; retry++) {
            String reason;
            IOException cause = null;
            try {
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                int status = response.statusCode();
                if (status == 200) return JSON.readTree(response.body());
                if (status == 404) return null;
                reason = "it answers with status " + status;
                if (status == 401 || status == 403) {
                    throw failed(
                            reason + " to " + path + "; check source.schema-registry.user and password, or token",
                            null);
                }
                if (status != 429 && status < 500) throw failed(reason + " to " + path, null);
            } catch (JsonProcessingException e) {
                throw failed("its answer to " + path + " is no JSON", e);
            } catch (IOException e) {
                String distrust = Trust.distrust(e);
                if (distrust != null) {
                    throw failed(
                            "its certificate is not trusted: " + distrust
                                    + "; check source.schema-registry.truststore.location, and that the certificate"
                                    + " names the host of the url",
                            e);
                }
                reason = e.toString();
                cause = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed("interrupted while it was asked for " + path, e);
            }
            if (retry >= config.retries()) {
                throw failed(reason + " to " + path + ", " + (retry + 1) + " times", cause);
            }
            pause(backOff.millis(retry, random));
        }
    }

    private HttpRequest request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(config.url() + path))
                .timeout(config.timeout())
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        if (config.token() != null) {
            request.header("Authorization", "Bearer " + config.token());
        } else if (config.user() != null) {
            String credentials = config.user() + ":" + (config.password() == null ? "" : config.password());
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        }
        return request.build();
    }

    private void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted while waiting for it", e);
        }
    }

    private RegistryException failed(String message, @Nullable Throwable cause) {
        return new RegistryException("schema registry " + config.url() + ": " + message, cause);
    }
}
