package dev.millrace.model.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Questions to one server, each within its time. It follows no redirections, which might lead a token elsewhere. */
final class HttpRequests implements AutoCloseable {
    private static final int SHOWN = 300;

    private final HttpClient client;
    private final ExecutorService bodies = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "millrace-client body");
        thread.setDaemon(true);
        return thread;
    });
    private final @Nullable String token;
    private final Duration requestTimeout;
    private final Duration downloadTimeout;

    interface Reading<T> {
        T of(InputStream in) throws IOException;
    }

    HttpRequests(@Nullable String token, Duration requestTimeout, Duration downloadTimeout) {
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(requestTimeout)
                .build();
        this.token = token;
        this.requestTimeout = requestTimeout;
        this.downloadTimeout = downloadTimeout;
    }

    /**
     * The answer, whose body the caller reads by {@link #within}, or closes.
     *
     * @param etag of the answer that the caller has; null if it has none
     */
    HttpResponse<InputStream> get(URI uri, @Nullable String etag) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(requestTimeout);
        if (token != null) request.header("Authorization", "Bearer " + token);
        if (etag != null) request.header("If-None-Match", etag);
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + uri + " was asked");
        }
    }

    /** @throws IOException with status and what the server says of it if an answer is not 200 */
    void requireOk(HttpResponse<InputStream> answer) throws IOException {
        if (answer.statusCode() == 200) return;
        String says =
                within(answer, in -> new String(in.readNBytes(SHOWN), UTF_8)).strip();
        throw new IOException(answer.uri() + " answered " + answer.statusCode() + (says.isEmpty() ? "" : ": " + says));
    }

    /**
     * Reads a body, in a thread of its own: nothing but closing it from outside ends the wait for a server that stalls in the
     * midst of it.
     */
    <T> T within(HttpResponse<InputStream> answer, Reading<T> reading) throws IOException {
        try (InputStream in = answer.body()) {
            return bodies.submit(() -> reading.of(in)).get(downloadTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(answer.uri() + " did not come to its end within " + downloadTimeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + answer.uri() + " was read");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failed) throw failed;
            if (e.getCause() instanceof RuntimeException failed) throw failed;
            if (e.getCause() instanceof Error failed) throw failed;
            throw new IllegalStateException("no other exception can be thrown", e);
        }
    }

    @Override
    public void close() {
        bodies.shutdownNow();
    }
}
