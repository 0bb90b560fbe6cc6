package dev.millrace.pipeline.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A schema registry on the loopback interface that answers as Confluent's REST protocol says. */
public final class TestRegistry implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final Queue<Integer> failures = new ArrayDeque<>();

    /** What was asked for, in order. */
    public final List<String> requests = new CopyOnWriteArrayList<>();

    /** The Authorization header that is asked for; null for none. */
    public volatile @Nullable String authorization;

    public TestRegistry() throws IOException {
        this(HttpServer.create(loopback(), 0));
    }

    /** Behind TLS. */
    TestRegistry(SSLContext certificate) throws IOException {
        this(behind(certificate));
    }

    private TestRegistry(HttpServer server) {
        this.server = server;
        server.createContext("/", this::answer);
        server.start();
    }

    private static HttpsServer behind(SSLContext certificate) throws IOException {
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate));
        return server;
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    public String url() {
        String scheme = server instanceof HttpsServer ? "https" : "http";
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    public TestRegistry register(int id, String schema) {
        return put("/schemas/ids/" + id, Map.of("schema", schema));
    }

    public TestRegistry put(String path, Map<String, ?> answer) {
        try {
            answers.put(path, new ObjectMapper().writeValueAsString(answer));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    /** The next requests are answered so, one by one. */
    public synchronized TestRegistry failWith(Integer... statuses) {
        failures.addAll(List.of(statuses));
        return this;
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        requests.add(path);
        Integer failure = failures.poll();
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        String answer = answers.get(path);
        if (failure != null) send(exchange, failure, "{\"error_code\": " + failure + "00}");
        else if (authorization != null && !authorization.equals(given)) send(exchange, 401, "{\"error_code\": 40101}");
        else if (answer == null) send(exchange, 404, "{\"error_code\": 40403, \"message\": \"Schema not found\"}");
        else send(exchange, 200, answer);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
