package dev.millrace.model.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Serves a published directory as {@code millrace serve} does, and misbehaves on demand. */
final class PublishedServer implements AutoCloseable {
    /** Each answer as {@code status path}. */
    final List<String> answers = new CopyOnWriteArrayList<>();

    /** Answers in its place, if it returns true. */
    volatile Fault fault = exchange -> false;

    volatile @Nullable String token;

    private final Path root;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);

    interface Fault {
        boolean answered(HttpExchange exchange) throws IOException;
    }

    PublishedServer(Path root) {
        this.root = root;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/models/ctr/", this::answer);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath().substring("/models/ctr/".length());
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if (token != null && !("Bearer " + token).equals(authorization)) {
                send(exchange, path, 401, "{\"title\": \"Unauthorized\"}".getBytes(UTF_8), null);
            } else if (!fault.answered(exchange)) {
                answer(exchange, path);
            }
        }
    }

    private void answer(HttpExchange exchange, String path) throws IOException {
        SnapshotDirectory directory = new SnapshotDirectory(root);
        Path aliasFile = root.resolve("aliases.json");
        if (path.startsWith("versions/")) {
            Path file = root.resolve(path);
            if (!Files.exists(file)) send(exchange, path, 404, new byte[0], null);
            else send(exchange, path, 200, Files.readAllBytes(file), null);
            return;
        }
        Long version = null;
        if (path.equals("aliases/newest")) {
            version = Files.exists(root.resolve("current.json"))
                    ? Long.valueOf(directory.current().version())
                    : null;
        } else if (Files.exists(aliasFile)) {
            String json = Files.readString(aliasFile);
            if (path.equals("aliases")) {
                send(exchange, path, 200, json.getBytes(UTF_8), null);
                return;
            }
            version = Aliases.fromJson(json).versions().get(path.substring("aliases/".length()));
        }
        if (version == null) {
            send(exchange, path, 404, "{\"title\": \"Not Found\"}".getBytes(UTF_8), null);
            return;
        }
        SnapshotManifest manifest = directory.manifest(version);
        String etag = "\"" + version + "-" + manifest.sha256().substring(0, 8) + "\"";
        boolean known = etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
        if (known) send(exchange, path, 304, new byte[0], etag);
        else send(exchange, path, 200, manifest.toJson().getBytes(UTF_8), etag);
    }

    private void send(HttpExchange exchange, String path, int status, byte[] body, @Nullable String etag)
            throws IOException {
        answers.add(status + " " + path);
        if (etag != null) exchange.getResponseHeaders().set("ETag", etag);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /** Sends a part of a file and then nothing, until this is closed. */
    Fault stallIn(String name) {
        return exchange -> {
            if (!exchange.getRequestURI().getPath().endsWith(name)) return false;
            exchange.sendResponseHeaders(200, 248);
            exchange.getResponseBody().write(new byte[] {0});
            exchange.getResponseBody().flush();
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        };
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdown();
    }
}
