package dev.millrace.pipeline.experiment;

import java.util.Locale;

/** How the concept behind a stream changes with its position, 0 at the begin and 1 at the end. */
enum Scenario {
    /** One concept. */
    STATIONARY,
    /** Another concept from the half on. */
    ABRUPT,
    /** A concept that turns half a circle over the second half. */
    GRADUAL,
    /** A third of each: one concept, then another one, which then turns half a circle. */
    MIXED;

    String words() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Which of the concepts holds, 0 or 1. */
    int concept(double position) {
        return switch (this) {
            case STATIONARY, GRADUAL -> 0;
            case ABRUPT -> position < 0.5 ? 0 : 1;
            case MIXED -> position < 1.0 / 3 ? 0 : 1;
        };
    }

    /** How far it has turned, radians. */
    double angle(double position) {
        return switch (this) {
            case STATIONARY, ABRUPT -> 0;
            case GRADUAL -> Math.PI * Math.max(0, 2 * position - 1);
            case MIXED -> Math.PI * Math.max(0, 3 * position - 2);
        };
    }

    /** Where the abrupt drift is; 0 if there is none. */
    double abruptAt() {
        return switch (this) {
            case STATIONARY, GRADUAL -> 0;
            case ABRUPT -> 0.5;
            case MIXED -> 1.0 / 3;
        };
    }
}
