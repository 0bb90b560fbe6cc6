package dev.millrace.model.gate;

import java.util.Locale;

/** Why the gate decided as it did. The words are stable: metrics and reports carry them. */
public enum Reason {
    /** There was no champion. */
    FIRST(Outcome.PROMOTED),
    /** Than the champion, and no worse than the bar. */
    BETTER(Outcome.PROMOTED),
    /** Worse, by no more than may be. */
    WITHIN_BOUND(Outcome.PROMOTED),
    /** Worse, but what it is compared with was measured too long ago to bind. */
    RECORD_EXPIRED(Outcome.PROMOTED),
    /** Not compared, since nothing was measured of the champion or no regression is limited; within all other limits. */
    WITHIN_LIMITS(Outcome.PROMOTED),

    /** Nothing is promoted automatically. */
    NO_THRESHOLDS(Outcome.KEPT),
    /** A person has pinned the champion. */
    PINNED(Outcome.KEPT),
    /** To the last bit as good as the champion: nothing new was measured, or nothing is gained. */
    EQUAL(Outcome.KEPT),

    /** Parameters, or a loss that is infinite. */
    NOT_FINITE(Outcome.REFUSED),
    TOO_FEW_SAMPLES(Outcome.REFUSED),
    ONE_CLASS(Outcome.REFUSED),
    /** A metric that is compared or limited is NaN. */
    NO_METRIC(Outcome.REFUSED),
    LOSS_ABOVE_LIMIT(Outcome.REFUSED),
    ACCURACY_BELOW_LIMIT(Outcome.REFUSED),
    AUC_BELOW_LIMIT(Outcome.REFUSED),
    /** Than the champion, by more than may be. */
    WORSE(Outcome.REFUSED);

    /** What becomes of the champion. */
    public enum Outcome {
        /** The candidate is champion now. */
        PROMOTED,
        /** It stays, and nothing was wrong with the candidate. */
        KEPT,
        /** It stays: the candidate must not be served. */
        REFUSED;

        /** In lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Outcome outcome;

    Reason(Outcome outcome) {
        this.outcome = outcome;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** In lower case, with hyphens. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
