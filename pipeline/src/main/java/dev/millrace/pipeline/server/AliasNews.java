package dev.millrace.pipeline.server;

import dev.millrace.model.gate.Decision;
import dev.millrace.model.gate.Verdict;
import dev.millrace.model.snapshot.AliasChange;
import java.util.ArrayList;
import java.util.List;

/** What the gate and a challenger's rule decided and who moved the champion since the last report. */
final class AliasNews {
    private final List<GateOutcome> decisions = new ArrayList<>();
    private final List<AliasChange> changes = new ArrayList<>();
    private final List<GateOutcome> verdicts = new ArrayList<>();

    void decided(long version, Decision decision) {
        decisions.add(new GateOutcome(
                version, decision.reason().outcome().word(), decision.reason().word(), decision.text()));
    }

    /** Of a challenger, at a version. */
    void judged(long version, Verdict verdict) {
        String outcome = verdict.promotes() ? "promoted" : "kept";
        verdicts.add(new GateOutcome(version, outcome, verdict.reason().word(), verdict.text()));
    }

    /** Notes the changes that one standing has and the one before it had not. */
    void changed(Standing before, Standing after) {
        changes.addAll(
                after.changes().subList(before.changes().size(), after.changes().size()));
    }

    /** Whether the champion or its pin has changed: that is said at once, as a decision is not. */
    boolean hasChange() {
        return !changes.isEmpty();
    }

    boolean isEmpty() {
        return changes.isEmpty() && decisions.isEmpty() && verdicts.isEmpty();
    }

    /** What a report says; it is news no longer. */
    AliasReport take(Standing standing) {
        AliasReport report = new AliasReport(
                standing.champion(),
                standing.candidate(),
                standing.pinned(),
                standing.revision(),
                List.copyOf(decisions),
                List.copyOf(changes),
                List.copyOf(verdicts));
        decisions.clear();
        changes.clear();
        verdicts.clear();
        return report;
    }
}
