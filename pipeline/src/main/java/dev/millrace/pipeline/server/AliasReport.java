package dev.millrace.pipeline.server;

import dev.millrace.model.snapshot.AliasChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which versions the aliases point to, and what was decided since the last report. Crosses Flink edges as a POJO.
 *
 * @param champion null before the first
 * @param candidate null before the first version
 * @param pinned whether the champion stays until a person moves or unpins it
 * @param revision of the aliases
 * @param decisions of the gate
 * @param changes of the champion or its pin
 * @param verdicts on a challenger, in its own reports
 */
public record AliasReport(
        @Nullable Long champion,
        @Nullable Long candidate,
        boolean pinned,
        long revision,
        List<GateOutcome> decisions,
        List<AliasChange> changes,
        List<GateOutcome> verdicts) {
    /** Nothing was published. */
    public static final AliasReport NONE = new AliasReport(null, null, false, 0, List.of(), List.of());

    /** Without verdicts. */
    public AliasReport(
            @Nullable Long champion,
            @Nullable Long candidate,
            boolean pinned,
            long revision,
            List<GateOutcome> decisions,
            List<AliasChange> changes) {
        this(champion, candidate, pinned, revision, decisions, changes, List.of());
    }
}
