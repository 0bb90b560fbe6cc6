package dev.millrace.pipeline.source;

import java.io.Serializable;

/** Says in a user's words what a source fails with. */
@FunctionalInterface
interface Diagnosis extends Serializable {

    /** What to fail with instead; the failure itself if there is nothing to add. */
    RuntimeException of(RuntimeException failure);
}
