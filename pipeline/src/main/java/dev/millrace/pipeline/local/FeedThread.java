package dev.millrace.pipeline.local;

import dev.millrace.pipeline.config.TrainingConfig;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The thread that produces samples. */
final class FeedThread implements AutoCloseable {

    private static final long JOIN_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final Thread thread;
    private volatile boolean running = true;
    private volatile @Nullable Throwable failure;

    private FeedThread(LocalFeed feed, TrainingConfig config, double samplesPerSecond, long seed) {
        String topic = config.source().topics().get(0);
        this.thread = new Thread(
                () -> {
                    try {
                        feed.run(config.kafka().sink(), topic, samplesPerSecond, seed, () -> running);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (Throwable e) { // an Error, too, must not look like the end of the stream
                        failure = e;
                    }
                },
                "sample-generator");
        thread.setDaemon(true);
    }

    static FeedThread start(LocalFeed feed, TrainingConfig config, double samplesPerSecond, long seed) {
        FeedThread started = new FeedThread(feed, config, samplesPerSecond, seed);
        started.thread.start();
        return started;
    }

    /** Whether there is more to produce. */
    boolean isRunning() {
        return thread.isAlive();
    }

    boolean hasFailed() {
        return failure != null;
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() {
        stop();
    }

    /** Stops producing; waits for what is on its way. */
    void stop() {
        running = false;
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
