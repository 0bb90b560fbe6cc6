package dev.millrace.model.gate;

import org.jspecify.annotations.Nullable;

/** Whether a version becomes the champion. Pure. {@link #CLOSED} is the default: what is served is a person's decision. */
public interface PublishGate {

    /** Promotes nothing. */
    PublishGate CLOSED = (candidate, champion) -> new Decision(
            Reason.NO_THRESHOLDS,
            "no publish.gate threshold is set, and without one nothing is promoted automatically");

    /**
     * Decides on a version.
     *
     * @param champion null if there is none yet
     */
    Decision decide(Evaluation candidate, @Nullable Champion champion);
}
