package dev.millrace.model.client;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows one choice of version in the background and keeps the model that is to serve:
 *
 * <pre>{@code
 * try (SnapshotClient client = SnapshotClient.of(new DirectorySource(Path.of("snapshots"))).following("champion").start()) {
 *     ServedModel model = client.await(Duration.ofSeconds(30));
 *     ...
 *     client.current().predict(rows, 1, outputs);
 * }
 * }</pre>
 *
 * <p>A version serves only after it was read as a whole and checked: SHA-256, layout, format, every parameter finite, made warm.
 * Otherwise the one before goes on. A version below the one that serves is refused, but where an alias was moved back,
 * or the reader follows live parameters.
 */
public final class SnapshotClient implements AutoCloseable {
    private final Follower follower;
    private final Duration pollInterval;
    private final Semaphore wakeUps = new Semaphore(0);
    private final CountDownLatch first = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closing;

    private SnapshotClient(Builder settings) {
        Freshness freshness = new Freshness(settings.clock, settings.freshnessLimit, settings.clock.instant());
        this.follower = new Follower(settings.source, settings.choice, settings.listener, freshness);
        this.pollInterval = settings.pollInterval;
        this.thread = new Thread(this::run, "millrace-client " + settings.source.place());
        thread.setDaemon(true);
        thread.start();
    }

    /** A client of a source, which it closes; see {@link Builder#start}. */
    public static Builder of(SnapshotSource source) {
        return new Builder(source);
    }

    /** What a client is to do; every setting has a default. */
    public static final class Builder {
        private final SnapshotSource source;
        private VersionChoice choice = VersionChoice.NEWEST;
        private Duration pollInterval = Duration.ofSeconds(1);
        private @Nullable Duration freshnessLimit;
        private SnapshotListener listener = new SnapshotListener() {};
        private Clock clock = Clock.systemUTC();

        private Builder(SnapshotSource source) {
            this.source = source;
        }

        /**
         * {@code newest} (the default), {@code champion}, {@code candidate} or a version number; {@code live} of a source of
         * those.
         */
        public Builder following(String version) {
            this.choice = new VersionChoice(version);
            return this;
        }

        /** Time between two questions to the source, 1 s by default. */
        public Builder pollingEvery(Duration interval) {
            if (interval.toMillis() < 1) {
                throw new IllegalArgumentException("the poll interval must be >= 1 ms. Received: " + interval);
            }
            this.pollInterval = interval;
            return this;
        }

        /** Age from which a model is stale, none by default. */
        public Builder freshFor(Duration limit) {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException("the limit of freshness must be > 0. Received: " + limit);
            }
            this.freshnessLimit = limit;
            return this;
        }

        /** Who is told what happens, nobody by default. */
        public Builder telling(SnapshotListener who) {
            this.listener = who;
            return this;
        }

        /** What tells the age of a model, the system's by default. */
        public Builder clock(Clock other) {
            this.clock = other;
            return this;
        }

        /** Begins to follow, and returns at once. */
        public SnapshotClient start() {
            return new SnapshotClient(this);
        }
    }

    /**
     * The model that serves now; null before the first. Taken anew for each request it is never more than one poll behind,
     * and all of a request comes from one version.
     */
    public @Nullable ServedModel current() {
        return follower.current();
    }

    /** The model that serves, as soon as there is one; null if there is none in time. */
    public @Nullable ServedModel await(Duration timeout) throws InterruptedException {
        boolean unused = first.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        return current();
    }

    /** Time since the model that serves was made; since the start of the client before the first. */
    public Duration age() {
        return follower.age();
    }

    /** Whether there is a model, and it is within the limit of freshness. */
    public boolean isFresh() {
        return follower.isFresh();
    }

    /** Asks the source soon instead of at the end of the poll interval. */
    public void refresh() {
        wakeUps.release();
    }

    private void run() {
        try {
            while (!closing) {
                follower.poll();
                if (follower.current() != null) first.countDown();
                if (wakeUps.tryAcquire(pollInterval.toMillis(), TimeUnit.MILLISECONDS)) wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            // close() ends it
        } finally {
            boolean unused = Thread.interrupted(); // a source takes its leave of a broker
            follower.close();
        }
    }

    /** Ends the thread and closes the source; the model's memory is freed as soon as nobody predicts. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        if (Thread.currentThread() == thread) return; // a listener closes it
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
