package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {
    @TempDir
    Path directory;

    private static boolean accepts(URI server) {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRequestUnderWayIsAnsweredThoughTheServerAcceptsNoOther() throws Exception {
        Served served = Served.of(new Published(directory).shift(4));
        try (OpenRequest open = new OpenRequest(served.uri())) {
            await().until(() -> served.get("/health/live").statusCode() == 200); // the half is read by now or soon
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(served::close);
            await().until(() -> !accepts(served.uri()));

            assertThat(stopped).isNotDone();
            String answer = open.finish().answer();

            assertThat(answer).startsWith("HTTP/1.1 200").contains("\"version\":4", "\"outputs\":[5.0]");
            stopped.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aRequestThatTakesTooLongDoesNotHoldTheServerUp() throws Exception {
        Limits limits = new Limits(2000, 100, 16, 0, Duration.ofSeconds(1));
        Served served = Served.of(new Published(directory).shift(4), limits);
        try (OpenRequest open = new OpenRequest(served.uri())) {
            long from = System.nanoTime();
            CompletableFuture<Void> stopped =
                    CompletableFuture.runAsync(served::close).exceptionally(failure -> null);

            stopped.get(20, TimeUnit.SECONDS);

            // The limit is a second; the rest is for a machine that is busy.
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(15));
            assertThat(open).isNotNull();
        }
    }
}
