package dev.millrace.pipeline.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.model.client.VersionChoice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A server on a free port of this machine, and a client of it. */
final class Served implements AutoCloseable {
    static final Limits LIMITS = new Limits(1 << 20, 100, 16, 0, Duration.ofSeconds(20));

    private final ModelServer server;
    private final HttpClient client;
    private final URI uri;

    private Served(ModelServer server, HttpClient client) {
        this.server = server;
        this.client = client;
        try {
            server.start();
            String unused = server.greeting(Duration.ofSeconds(20)); // waits for the first version
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        this.uri = server.uri();
    }

    static Served of(Published published) {
        return of(published, LIMITS);
    }

    static Served of(Published published, Limits limits) {
        return of(published, new ServerSettings("127.0.0.1", 0, null, null, limits), HttpClient.newHttpClient());
    }

    static Served of(Published published, ServerSettings settings, HttpClient client) {
        return of(published, settings, client, null);
    }

    static Served of(Published published, ServerSettings settings, HttpClient client, @Nullable Duration freshness) {
        Following following = new Following(VersionChoice.NEWEST, Duration.ofMillis(20), freshness);
        return new Served(new ModelServer(settings, ModelPlace.directory(published.root()), following), client);
    }

    /** Of a server that is made but not started. */
    static Served of(ModelServer server, HttpClient client) {
        return new Served(server, client);
    }

    static ServerSettings settings(@Nullable Tls tls, @Nullable Tokens tokens) {
        return new ServerSettings("127.0.0.1", 0, tls, tokens, LIMITS);
    }

    URI uri() {
        return uri;
    }

    ModelServer server() {
        return server;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri.resolve(path)).timeout(Duration.ofSeconds(30));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        return send(request, BodyHandlers.ofString());
    }

    HttpResponse<byte[]> sendForBytes(HttpRequest.Builder request) {
        return send(request, BodyHandlers.ofByteArray());
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) {
        try {
            return client.send(request.build(), body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) request.headers(headers);
        return send(request);
    }

    HttpResponse<String> post(String path, String json) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    static JsonNode json(HttpResponse<String> response) {
        try {
            return Json.MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(response.body(), e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
