package dev.millrace.pipeline.serve;

import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.SnapshotListener;
import dev.millrace.model.client.SnapshotSource;
import dev.millrace.pipeline.publish.OneLine;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The version that one choice means, followed in the background. */
final class ModelSlot implements AutoCloseable {
    private static final int MAX_REASON = 500;
    private static final Logger LOG = LoggerFactory.getLogger(ModelSlot.class);

    private final String choice;
    private final @Nullable Duration freshness;
    private final ServingMetrics metrics;
    private final SnapshotClient client;
    private volatile @Nullable ServingModel model;

    /** Begins to follow; the source is closed with the slot. */
    ModelSlot(String choice, SnapshotSource source, Following following, ServingMetrics metrics) {
        this.choice = choice;
        this.freshness = following.freshness();
        this.metrics = metrics;
        SnapshotClient.Builder builder = SnapshotClient.of(source)
                .following(choice)
                .pollingEvery(following.poll())
                .telling(new Told());
        if (freshness != null) builder.freshFor(freshness);
        this.client = builder.start();
    }

    private final class Told implements SnapshotListener {
        @Override
        public void loaded(ServedModel loaded) {
            boolean first = model == null;
            model = new ServingModel(loaded);
            if (loaded.covered())
                LOG.info("{} {} serves as {}", loaded.manifest().model(), loaded.version(), choice);
            if (!first) metrics.swapped(choice);
            double fromEvent = sinceNewestEvent(loaded);
            if (!Double.isNaN(fromEvent)) metrics.serves(choice, fromEvent);
        }

        @Override
        public void refused(String version, String reason) {
            LOG.warn("version {} does not serve as {}: {}", version, choice, OneLine.of(reason, MAX_REASON));
            metrics.refused(choice);
        }

        @Override
        public void unreachable(Exception reason) {
            LOG.warn("versions cannot be followed: {}", OneLine.of(reason.toString(), MAX_REASON));
            metrics.unreachable(choice);
        }

        @Override
        public void stale(Duration age) {
            LOG.warn("the version that serves as {} is {} old; the limit is {}", choice, age, freshness);
        }
    }

    String choice() {
        return choice;
    }

    /** The version that serves; null before the first. */
    @Nullable
    ServingModel model() {
        return model;
    }

    /** The same, waiting for the first. */
    @Nullable
    ServingModel await(Duration timeout) throws InterruptedException {
        ServedModel unused = client.await(timeout);
        return model;
    }

    /** NaN before the first. */
    double version() {
        ServingModel now = model;
        return now == null ? Double.NaN : now.version();
    }

    /** Since the version was made; NaN before the first. */
    double ageSeconds() {
        return model == null ? Double.NaN : client.age().toMillis() / 1e3;
    }

    /** Since the newest event that has an effect; NaN before the first version, or where it does not say. */
    double eventAgeSeconds() {
        ServingModel now = model;
        return now == null ? Double.NaN : sinceNewestEvent(now.served());
    }

    private static double sinceNewestEvent(ServedModel served) {
        Instant newest = served.newestEventTime();
        return newest == null
                ? Double.NaN
                : Duration.between(newest, Instant.now()).toMillis() / 1e3;
    }

    /** What is said before the first version. */
    String notLoaded() {
        return "No version is loaded as " + choice + " yet.";
    }

    /** Why it should not be asked; null if it should. */
    @Nullable
    String unready() {
        if (model == null) return notLoaded();
        if (client.isFresh()) return null;
        return "The version that serves is " + client.age().toSeconds() + " s old. The limit is "
                + (freshness == null ? "none" : freshness.toSeconds() + " s") + ".";
    }

    @Override
    public void close() {
        client.close();
    }
}
