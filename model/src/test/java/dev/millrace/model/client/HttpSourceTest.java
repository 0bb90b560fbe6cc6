package dev.millrace.model.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HttpSourceTest {
    private static final VersionChoice CHAMPION = new VersionChoice("champion");

    @TempDir
    private Path root;

    private PublishedDirectory published;
    private PublishedServer server;

    @BeforeEach
    void serve() {
        published = new PublishedDirectory(root);
        server = new PublishedServer(root);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpSource source() {
        return HttpSource.at(server.uri(), "ctr").build();
    }

    @Test
    void aVersionArrivesAsItWasPublished() throws IOException {
        published.publish(7);
        try (HttpSource source = source()) {
            VersionTarget target = Objects.requireNonNull(source.find(VersionChoice.NEWEST));

            assertThat(target.manifest().version()).isEqualTo(7);
            assertThat(source.load(target.manifest()).parameters()).isEqualTo(Identified.parameters(7));
        }
    }

    @Test
    void whatHasNotChangedIsNotSentAgain() throws IOException {
        published.publish(7);
        try (HttpSource source = source()) {
            VersionTarget first = source.find(VersionChoice.NEWEST);
            VersionTarget second = source.find(VersionChoice.NEWEST);
            published.publish(8);
            VersionTarget third = Objects.requireNonNull(source.find(VersionChoice.NEWEST));

            assertThat(second).isSameAs(first);
            assertThat(third.manifest().version()).isEqualTo(8);
            assertThat(server.answers)
                    .containsExactly("200 aliases/newest", "304 aliases/newest", "200 aliases/newest");
        }
    }

    @Test
    void anAliasComesWithItsRevision() throws IOException {
        published.publish(7);
        published.publish(9);
        published.champion(7, 5);
        try (HttpSource source = source()) {
            VersionTarget target = Objects.requireNonNull(source.find(CHAMPION));

            assertThat(target.manifest().version()).isEqualTo(7);
            assertThat(target.revision()).isEqualTo(5);
        }
    }

    @Test
    void anAliasThatMovesMeanwhileIsAskedForAgain() throws IOException {
        published.publish(7);
        published.publish(9);
        published.champion(7, 5);
        server.fault = exchange -> {
            if (exchange.getRequestURI().getPath().endsWith("/aliases")) published.champion(9, 6);
            return false;
        };
        try (HttpSource source = source()) {
            VersionTarget target = Objects.requireNonNull(source.find(CHAMPION));

            assertThat(target.manifest().version()).isEqualTo(9);
            assertThat(target.revision()).isEqualTo(6);
        }
    }

    @Test
    void aPinnedVersionIsAskedForOnce() throws IOException {
        published.publish(7);
        published.publish(9);
        try (HttpSource source = source()) {
            VersionChoice seven = new VersionChoice("7");
            VersionTarget target = Objects.requireNonNull(source.find(seven));

            assertThat(source.find(seven)).isSameAs(target);
            assertThat(target.manifest().version()).isEqualTo(7);
            assertThat(server.answers).containsExactly("200 versions/7/manifest.json");
        }
    }

    @Test
    void nothingPublishedIsNothing() throws IOException {
        try (HttpSource source = source()) {
            assertThat(source.find(VersionChoice.NEWEST)).isNull();
            assertThat(source.find(CHAMPION)).isNull();
        }
    }

    @Test
    void theTokenIsSentAndItsLackIsSaid() throws IOException {
        published.publish(7);
        server.token = "secret";
        try (HttpSource without = source();
                HttpSource with =
                        HttpSource.at(server.uri(), "ctr").bearerToken("secret").build()) {
            assertThatThrownBy(() -> without.find(VersionChoice.NEWEST))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            server.uri() + "/models/ctr/aliases/newest answered 401: {\"title\": \"Unauthorized\"}");
            assertThat(with.find(VersionChoice.NEWEST)).isNotNull();
        }
    }

    @Test
    void damagedAndCutOffParametersAreRefused() throws IOException {
        Path version = published.publish(7);
        Path file = version.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(file);
        try (HttpSource source = source()) {
            SnapshotManifest manifest =
                    Objects.requireNonNull(source.find(VersionChoice.NEWEST)).manifest();
            whole[whole.length - 1] ^= 1;
            Files.write(file, whole);
            assertThatThrownBy(() -> source.load(manifest))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("is damaged");

            Files.write(file, Arrays.copyOf(whole, 90));
            assertThatThrownBy(() -> source.load(manifest))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("must have 96 bytes of parameters")
                    .hasMessageEndingWith("Received: 90");

            Files.delete(file);
            assertThatThrownBy(() -> source.load(manifest))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageEndingWith("model.safetensors is missing");
        }
    }

    @Test
    void aModelBeyondTheLimitIsRefusedBeforeItIsAskedFor() throws IOException {
        published.publish(7);
        try (HttpSource source =
                HttpSource.at(server.uri(), "ctr").maxModelBytes(95).build()) {
            SnapshotManifest manifest =
                    Objects.requireNonNull(source.find(VersionChoice.NEWEST)).manifest();

            assertThatThrownBy(() -> source.load(manifest))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessage("model ctr version 7 must have at most 95 bytes of parameters. Announced: 96");
            assertThat(server.answers).containsExactly("200 aliases/newest");
        }
    }

    @Test
    void aManifestWithoutEndIsNotReadToItsEnd() {
        server.fault = exchange -> {
            exchange.sendResponseHeaders(200, 0); // of unknown length
            byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 1000; i++) exchange.getResponseBody().write(blanks);
            return true;
        };
        try (HttpSource source = source()) {
            assertThatThrownBy(() -> source.find(VersionChoice.NEWEST))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageEndingWith("must have at most 16777216 bytes");
        }
    }

    @Test
    void aServerThatStallsInTheMidstOfAModelIsLeft() throws IOException {
        published.publish(7);
        server.fault = server.stallIn("model.safetensors");
        try (HttpSource source = HttpSource.at(server.uri(), "ctr")
                .downloadTimeout(Duration.ofMillis(300))
                .build()) {
            SnapshotManifest manifest =
                    Objects.requireNonNull(source.find(VersionChoice.NEWEST)).manifest();

            assertThatThrownBy(() -> source.load(manifest))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith("did not come to its end within PT0.3S");
        }
    }

    @Test
    void aClientThatIsClosedWaitsForNoServer() throws Exception {
        published.publish(7);
        CountDownLatch stalled = new CountDownLatch(1);
        PublishedServer.Fault stall = server.stallIn("model.safetensors");
        server.fault = exchange -> {
            if (exchange.getRequestURI().getPath().endsWith("model.safetensors")) stalled.countDown();
            return stall.answered(exchange);
        };
        News news = new News();
        SnapshotClient client = SnapshotClient.of(source()).telling(news).start();
        stalled.await();
        client.close(); // the test's time limit is below that of a download

        assertThat(client.current()).isNull();
        assertThat(news.sinceLast()).isEmpty();
    }

    @Test
    void aServerThatIsAwayIsNoReasonToStop() {
        published.publish(7);
        News news = new News();
        HandClock clock = new HandClock(Instant.EPOCH);
        Follower follower =
                new Follower(source(), VersionChoice.NEWEST, news, new Freshness(clock, null, clock.instant()));
        follower.poll();
        server.fault = exchange -> {
            exchange.sendResponseHeaders(503, -1);
            return true;
        };
        follower.poll();
        follower.poll();
        server.fault = exchange -> false;
        published.publish(8);
        follower.poll();

        assertThat(Identified.versionOf(Objects.requireNonNull(follower.current())))
                .isEqualTo(8);
        assertThat(news.sinceLast()).containsExactly("loaded 7", "unreachable", "loaded 8");
        follower.close();
    }

    @Test
    void whatIsNoServerOrNoNameIsRefused() {
        assertThatThrownBy(() -> HttpSource.at(URI.create("ftp://host"), "ctr"))
                .hasMessage("the server must be an http or https URL. Received: ftp://host");
        assertThatThrownBy(() -> HttpSource.at(URI.create("http://host"), "../ctr"))
                .hasMessageStartingWith("model name must be");
    }
}
