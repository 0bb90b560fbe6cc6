package dev.millrace.model.client;

import dev.millrace.model.snapshot.SnapshotManifest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How old a model may become.
 *
 * @param limit null for any age
 * @param start when waiting for the first one began
 */
record Freshness(Clock clock, @Nullable Duration limit, Instant start) {

    /** Time since a version was made, or since the start if there is none; never negative, whatever the clocks say. */
    Duration age(@Nullable SnapshotManifest manifest) {
        Instant since = manifest == null ? start : Instant.ofEpochMilli(manifest.created());
        Duration age = Duration.between(since, clock.instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    boolean isWithinLimit(@Nullable SnapshotManifest manifest) {
        return limit == null || age(manifest).compareTo(limit) <= 0;
    }
}
