package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.snapshots.PublishedSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server has of brokers that may be away. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a monitor cannot be interrupted
class FetchedCatalogTest {
    private static final long SECOND = 1_000_000_000;

    private final Brokers brokers = new Brokers();
    private final AtomicLong nanos = new AtomicLong();
    private final Turns turns = new Turns(1);
    private final FetchedCatalog catalog = new FetchedCatalog(brokers, turns, nanos::get);

    /** Snapshots of brokers that are away at first; they answer when they are let. */
    private static final class Brokers implements PublishedSnapshots {
        private final AtomicInteger asked = new AtomicInteger();
        private final CountDownLatch someoneWaits = new CountDownLatch(1);
        private volatile CountDownLatch answer = new CountDownLatch(0);
        private volatile @Nullable RuntimeException failure = new TimeoutException("nobody there");

        @Override
        public List<SnapshotManifest> list() {
            asked.incrementAndGet();
            someoneWaits.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            RuntimeException reason = failure;
            if (reason != null) throw reason;
            return List.of();
        }

        @Override
        public Snapshot load(long version) {
            RuntimeException reason = failure;
            throw reason != null ? reason : new SnapshotException("there is no version " + version);
        }

        @Override
        public @Nullable Aliases aliases() {
            return null;
        }

        @Override
        public String place() {
            return "a test";
        }
    }

    @Test
    void thatTheBrokersAreAwayIsRememberedForAWhile() throws IOException {
        for (int request = 0; request < 3; request++) {
            assertThatThrownBy(catalog::versions)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the brokers of a test do not answer: nobody there");
        }
        assertThat(brokers.asked).hasValue(1);

        brokers.failure = null;
        nanos.addAndGet(5 * SECOND);
        assertThat(catalog.versions()).isEmpty();
        assertThat(catalog.versions()).isEmpty();
        assertThat(brokers.asked).hasValue(2);
    }

    @Test
    void whoGetsNoTurnIsRefusedAtOnceWhileAnotherWaitsForTheBrokers() throws Exception {
        brokers.answer = new CountDownLatch(1);
        brokers.failure = null;
        CompletableFuture<List<SnapshotManifest>> first = CompletableFuture.supplyAsync(() -> {
            try {
                return catalog.versions();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        brokers.someoneWaits.await();
        AliasTable aliases = AliasTable.of(brokers).inTurn(turns);
        assertThatThrownBy(catalog::versions)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.status()).isEqualTo(503));
        assertThatThrownBy(() -> aliases.read("shift")).isInstanceOf(ProblemException.class);

        brokers.answer.countDown();
        assertThat(first.get()).isEmpty();
        assertThat(aliases.read("shift").revision()).isZero();
    }

    @Test
    void parametersThatCannotBeFetchedLeaveNoFile() throws IOException {
        ModelSpec spec =
                ModelSpec.fromYaml("{name: shift, inputs: 1, layers: [{dense: {units: 1}}], loss: mean_squared_error}");
        SnapshotManifest manifest =
                SnapshotParts.split(spec, 7, 0, new float[] {1, 2}, Map.of(), 8).manifest();
        Set<Path> before = temporary();
        assertThatThrownBy(() -> catalog.parameters(manifest)).isInstanceOf(IOException.class);
        brokers.failure = null;
        assertThatThrownBy(() -> catalog.parameters(manifest)).isInstanceOf(SnapshotException.class);
        assertThat(temporary()).isSubsetOf(before);
    }

    private static Set<Path> temporary() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("millrace-serve-"))
                    .collect(Collectors.toSet());
        }
    }
}
