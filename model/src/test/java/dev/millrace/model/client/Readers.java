package dev.millrace.model.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Threads that predict without a pause, and fail unless the outputs name the very version of the model they asked. */
final class Readers implements AutoCloseable {
    private final ExecutorService threads;
    private final List<Future<Long>> results = new ArrayList<>();
    private final List<AtomicLong> predictions = new ArrayList<>();
    private volatile boolean running = true;

    Readers(int count, Supplier<@Nullable ServedModel> current) {
        this.threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            AtomicLong done = new AtomicLong();
            predictions.add(done);
            results.add(threads.submit(() -> read(current, done)));
        }
    }

    private long read(Supplier<@Nullable ServedModel> current, AtomicLong done) {
        float[] row = Identified.row();
        float[] into = new float[Identified.OUTPUTS];
        long last = 0;
        while (running) {
            ServedModel model = Objects.requireNonNull(current.get());
            assertThat(model.version()).as("versions never go back").isGreaterThanOrEqualTo(last);
            model.predict(row, 1, into);
            last = model.version();
            if (Identified.versionOf(into) != last) throw new AssertionError(last + " gave " + into[0]);
            done.incrementAndGet();
        }
        return last;
    }

    /** Returns when every thread has predicted once more, from beginning to end. */
    void awaitOneMoreOfEach() throws InterruptedException {
        List<Long> before = predictions.stream().map(AtomicLong::get).toList();
        for (int i = 0; i < before.size(); i++) {
            while (predictions.get(i).get() < before.get(i) + 2
                    && !results.get(i).isDone()) Thread.sleep(0, 100_000);
        }
    }

    /** Ends them; returns the last version that each saw. */
    List<Long> end() throws InterruptedException {
        running = false;
        List<Long> last = new ArrayList<>();
        for (Future<Long> result : results) {
            try {
                last.add(result.get());
            } catch (ExecutionException e) {
                throw new AssertionError("a reader failed", e.getCause());
            }
        }
        return last;
    }

    @Override
    public void close() {
        running = false;
        threads.shutdown();
    }
}
