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
 * for once; of one that is unknown, or stands for what records cannot be read with, the registry is asked again after
 * half a minute. A request that is not answered, or answered with 429 or 5xx, is repeated with growing pauses; one that is
 * refused, or a certificate that is not trusted, fails at once. Not thread-safe.
 */
public final class RegistryClient implements WriterSchemas {
    private static final long ABSENT_NANOS = 30_000_000_000L;
    private static final int MAX_REFERENCES = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistryConfig config;
    private final BackOff backOff;
    private final HttpClient http;
    private final SplittableRandom random = new SplittableRandom();
    private final Map<Integer, Schema> byId = new HashMap<>();
    private final Map<Integer, Absence> absent = new HashMap<>();

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
     * @throws RegistryException if the registry refuses to say or cannot be reached
     */
    @Override
    public @Nullable Schema byId(int id) {
        Schema known = byId.get(id);
        if (known != null) return known;
        Absence absence = absent.get(id);
        if (absence != null && System.nanoTime() - absence.since() < ABSENT_NANOS) return null;
        try {
            JsonNode answer = get("/schemas/ids/" + id);
            if (answer == null) return absent(id, WriterSchemas.super.absence(id));
            Schema schema = schema(answer);
            byId.put(id, schema);
            return schema;
        } catch (UnusableException e) {
            // Whoever writes to the topic chooses the id: to fail here would be to fail at that record for ever.
            return absent(id, "cannot be used: " + e.getMessage());
        }
    }

    private @Nullable Schema absent(int id, String reason) {
        if (absent.size() > 10_000) absent.clear(); // ids come from records, which may claim any
        absent.put(id, new Absence(System.nanoTime(), reason));
        return null;
    }

    @Override
    public String absence(int id) {
        Absence absence = absent.get(id);
        return absence == null ? WriterSchemas.super.absence(id) : absence.reason();
    }

    /** A registry knows ids only. */
    @Override
    public @Nullable Schema byFingerprint(long fingerprint) {
        return null;
    }

    private Schema schema(JsonNode answer) {
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) throw new UnusableException("it must be of type AVRO. Received: " + type);
        try {
            Schema.Parser parser = new Schema.Parser();
            references(answer, parser, new HashMap<>());
            return SchemaCatalog.checked(parser.parse(answer.path("schema").asText()));
        } catch (AvroRuntimeException | IllegalArgumentException e) {
            throw new UnusableException(String.valueOf(e.getMessage()));
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
                throw new UnusableException("it must refer to at most " + MAX_REFERENCES + " others");
            }
            JsonNode referred = get(path);
            if (referred == null) {
                throw new UnusableException(
                        "it refers to version " + version + " of subject " + subject + ", which the registry lacks");
            }
            references(referred, parser, seen);
            parser.parse(referred.path("schema").asText());
        }
    }

    /**
     * The answer; null for 404.
     *
     * @throws UnusableException if the registry finds fault with what it was asked for
     */
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
                if (status == 400 || status == 422) throw new UnusableException(reason + " to " + path);
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

    /**
     * An id that has no schema for us.
     *
     * @param since when the registry said so, by the clock of the process, nanoseconds
     * @param reason as {@link WriterSchemas#absence} says it
     */
    private record Absence(long since, String reason) {}

    /** The registry answered, and records cannot be read with what it said. */
    private static final class UnusableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnusableException(String message) {
            super(message);
        }
    }
}
