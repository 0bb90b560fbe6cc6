package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.snapshot.PublishedFiles;
import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.files.Places;
import dev.millrace.pipeline.files.StoredCopy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions in an object store: served and followed as those of a directory are, and fetched once. */
class StoreServingTest {
    private static final String STORE = "objects://bucket/served";

    @TempDir
    private Path directory;

    /** The files of a place, and which of them were opened. */
    private record Watched(PublishedFiles files, ConcurrentLinkedQueue<String> opened) implements PublishedFiles {
        @Override
        public boolean exists() throws IOException {
            return files.exists();
        }

        @Override
        public InputStream open(String path) throws IOException {
            opened.add(path);
            return files.open(path);
        }

        @Override
        public long size(String path) throws IOException {
            return files.size(path);
        }

        @Override
        public List<String> list(String below) throws IOException {
            return files.list(below);
        }

        @Override
        public boolean isWhole(String version) throws IOException {
            return files.isWhole(version);
        }

        @Override
        public Object stamp(String path) throws IOException {
            return files.stamp(path);
        }

        @Override
        public String place(String path) {
            return files.place(path);
        }
    }

    private static JsonNode predict(Served served, String alias) {
        return Served.json(served.post("/models/shift/predict?alias=" + alias, "{\"instances\": [[1]]}"));
    }

    @Test
    void versionsInAStoreAreServedAndFollowedAndFetchedOnce() throws Exception {
        Published published = new Published(directory).shift(6).shift(7).aliases(1, 6, 7);
        StoredCopy.of(directory, STORE);
        Watched files = new Watched(Places.published(STORE), new ConcurrentLinkedQueue<>());
        Following following = new Following(VersionChoice.NEWEST, Duration.ofMillis(10), null);
        try (Served served = Served.of(
                new ModelServer(Served.settings(null, null), ModelPlace.store(files), following),
                HttpClient.newHttpClient())) {
            assertThat(predict(served, "newest").path("version").longValue()).isEqualTo(7);
            assertThat(predict(served, "champion").path("version").longValue()).isEqualTo(6);
            HttpResponse<byte[]> parameters =
                    served.sendForBytes(served.request("/models/shift/versions/6/model.safetensors"));
            HttpResponse<byte[]> again =
                    served.sendForBytes(served.request("/models/shift/versions/6/model.safetensors"));
            assertThat(Safetensors.read(Published.SHIFT.layout(), new ByteArrayInputStream(parameters.body())))
                    .containsExactly(1, 6);
            assertThat(again.body()).isEqualTo(parameters.body());

            published.shift(9).aliases(2, 7, 9);
            StoredCopy.of(directory, STORE);
            await().until(() -> predict(served, "newest").path("version").longValue() == 9);
            await().until(() -> predict(served, "champion").path("version").longValue() == 7);

            // Newest and champion each load what they serve, and the catalog what somebody asked for.
            assertThat(files.opened)
                    .filteredOn(path -> path.endsWith(SnapshotDirectory.PARAMETERS))
                    .containsExactlyInAnyOrder(
                            parametersOf(7), parametersOf(6), parametersOf(6), parametersOf(9), parametersOf(7));
        }
    }

    private static String parametersOf(long version) {
        return SnapshotDirectory.VERSIONS + "/" + version + "/" + SnapshotDirectory.PARAMETERS;
    }
}
