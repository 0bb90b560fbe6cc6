package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.model.client.HttpSource;
import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client of module {@code model}, which other services use, follows this server. */
class ClientOverHttpTest {
    private static final String TOKEN = "a-token-of-this-test";

    @TempDir
    Path directory;

    private static SnapshotClient client(HttpSource source, String choice) {
        return SnapshotClient.of(source)
                .following(choice)
                .pollingEvery(Duration.ofMillis(20))
                .start();
    }

    /** -1 before the first. */
    private static long version(SnapshotClient client) {
        ServedModel now = client.current();
        return now == null ? -1 : now.version();
    }

    private static float predicted(@Nullable ServedModel model) {
        if (model == null) throw new AssertionError("no version in time");
        float[] output = new float[1];
        model.predict(new float[] {1}, 1, output);
        return output[0];
    }

    @ParameterizedTest
    @ValueSource(strings = {"newest", "candidate"})
    void aClientPredictsWithTheVersionThatTheServerHas(String choice) throws InterruptedException {
        Published published = new Published(directory).shift(1).aliases(1, 1, 1);
        try (Served served = Served.of(published);
                SnapshotClient client =
                        client(HttpSource.at(served.uri(), "shift").build(), choice)) {
            ServedModel first = client.await(Duration.ofSeconds(20));
            published.shift(2).aliases(2, 1, 2);
            await().until(() -> version(client) == 2);

            assertThat(predicted(first)).isEqualTo(2); // 1 + 1 and 1 + 2 are exact
            assertThat(predicted(client.current())).isEqualTo(3);
        }
    }

    @Test
    void aChampionThatIsRolledBackIsRolledBackAtTheClient() throws InterruptedException {
        Published published = new Published(directory).shift(1).shift(2).aliases(1, 2, 2);
        try (Served served = Served.of(published);
                SnapshotClient client =
                        client(HttpSource.at(served.uri(), "shift").build(), "champion")) {
            float before = predicted(client.await(Duration.ofSeconds(20)));
            published.aliases(2, 1, 2);

            assertThat(before).isEqualTo(3); // 1 + 2 is exact
            await().until(() -> version(client) == 1);
        }
    }

    @Test
    void aClientShowsItsToken() throws Exception {
        Tokens tokens = Tokens.read(Files.writeString(directory.resolve("tokens"), TOKEN));
        Published published = new Published(directory).shift(1);
        try (Served served = Served.of(published, Served.settings(null, tokens), HttpClient.newHttpClient());
                SnapshotClient client = client(
                        HttpSource.at(served.uri(), "shift").bearerToken(TOKEN).build(), "newest")) {
            assertThat(client.await(Duration.ofSeconds(20))).isNotNull();
        }
    }
}
