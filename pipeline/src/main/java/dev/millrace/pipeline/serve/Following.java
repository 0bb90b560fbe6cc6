package dev.millrace.pipeline.serve;

import dev.millrace.model.client.VersionChoice;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which version predicts, and how closely publication is followed.
 *
 * @param choice of requests that name none
 * @param poll time between two looks
 * @param freshness age from which the server is not ready; null for any age
 */
public record Following(
        VersionChoice choice, Duration poll, @Nullable Duration freshness) {

    public Following {
        if (poll.toMillis() < 1) throw new IllegalArgumentException("--poll must be > 0. Received: " + poll);
        if (freshness != null && (freshness.isZero() || freshness.isNegative())) {
            throw new IllegalArgumentException("--max-age must be > 0. Received: " + freshness);
        }
    }
}
