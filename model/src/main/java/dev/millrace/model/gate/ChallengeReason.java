package dev.millrace.model.gate;

import java.util.Locale;

/** What a rule found when it held a challenger against the model. The words are stable: metrics and reports carry them. */
public enum ChallengeReason {
    /** It was better often enough: the two change roles. */
    PROMOTED,
    /** It was better often enough, and what is served is a person's decision. */
    READY,
    /** It is better by enough, and not often enough yet. */
    BETTER,

    /** Its last step was refused. */
    NOT_FINITE,
    TOO_FEW_SAMPLES,
    ONE_CLASS,
    /** The metric of one of the two is NaN. */
    NO_METRIC,
    WORSE,
    EQUAL,
    /** Better, by less than it must be. */
    TOO_LITTLE;

    /** Whether it counts towards the row that is asked for. */
    public boolean counts() {
        return this == PROMOTED || this == READY || this == BETTER;
    }

    /** In lower case, with hyphens. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
