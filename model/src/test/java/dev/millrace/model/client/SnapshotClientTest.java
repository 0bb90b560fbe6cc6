package dev.millrace.model.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SnapshotClientTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path root;

    @Test
    void theNewestVersionServes() throws InterruptedException {
        new PublishedDirectory(root).publish(7);

        try (SnapshotClient client =
                SnapshotClient.of(new DirectorySource(root)).start()) {
            ServedModel model = Objects.requireNonNull(client.await(LONG));

            assertThat(model.version()).isEqualTo(7);
            assertThat(Identified.versionOf(model)).isEqualTo(7);
            assertThat(client.current()).isSameAs(model);
        }
    }

    @Test
    void beforeTheFirstVersionThereIsNone() throws InterruptedException {
        try (SnapshotClient client =
                SnapshotClient.of(new DirectorySource(root)).start()) {
            assertThat(client.await(Duration.ofMillis(1))).isNull();
            assertThat(client.isFresh()).isFalse();
        }
    }
}
