package dev.millrace.model.gate;

import org.jspecify.annotations.Nullable;

/**
 * What a candidate is compared with.
 *
 * @param version the champion's
 * @param evaluation what was measured of it up to its version; null if that is not known
 * @param bar the best evaluation by which a version became champion lately; a candidate may be worse than this by the
 *     bound. Were it the champion's own, each champion might be worse than the one before; null if nothing is known
 * @param barAgeMillis how long ago the bar was measured
 */
public record Champion(
        long version,
        @Nullable Evaluation evaluation,
        @Nullable Evaluation bar,
        long barAgeMillis) {}
