package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwapTest {
    private static final int THREADS = 8;
    private static final int VERSIONS = 40;

    @TempDir
    Path directory;

    /** Of {@code y = x + version}: an answer of mixed versions would not add up. */
    @Test
    void everyAnswerIsThatOfTheVersionItNamesWhileVersionsAreSwapped() throws Exception {
        Published published = new Published(directory).shift(1);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (Served served = Served.of(published)) {
            AtomicLong newest = new AtomicLong(1);
            Set<Long> seen = new ConcurrentSkipListSet<>();
            List<Future<Integer>> asked = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) asked.add(threads.submit(asking(served, newest, seen)));

            await().until(() -> seen.contains(1L));
            for (long version = 2; version <= VERSIONS; version++) {
                published.shift(version);
                newest.set(version);
                long awaited = version;
                // The next only once this one has served: each of them is swapped in under load.
                await().until(() -> seen.contains(awaited));
            }

            int answers = 0;
            for (Future<Integer> each : asked) answers += each.get();
            assertThat(seen).hasSize(VERSIONS);
            assertThat(answers).isGreaterThanOrEqualTo(VERSIONS);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Asks until the last version answers. */
    private static Callable<Integer> asking(Served served, AtomicLong newest, Set<Long> seen) {
        return () -> {
            int answers = 0;
            long before = 0;
            for (long version = 0; version < VERSIONS; answers++) {
                HttpResponse<String> response =
                        served.post("/models/shift/predict", "{\"instances\": [[0], [1], [2], [3]]}");
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                JsonNode answer = Served.json(response);
                version = answer.path("version").longValue();
                // Small integers add up exactly in float32.
                for (int row = 0; row < 4; row++) {
                    assertThat(answer.path("predictions")
                                    .get(row)
                                    .path("outputs")
                                    .get(0)
                                    .longValue())
                            .isEqualTo(row + version);
                }
                assertThat(version).isBetween(before, newest.get() + 1);
                before = version;
                seen.add(version);
            }
            return answers;
        };
    }
}
