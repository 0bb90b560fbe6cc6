package dev.millrace.pipeline.server;

import dev.millrace.model.gate.Verdict;
import java.util.List;
import org.apache.flink.metrics.MetricGroup;

/** What leaves of the challenger, under its own name: reports, metrics and snapshots, each when the model's do. */
final class ChallengerOutlet {
    private final ServerSettings settings;
    private final ChallengerSettings challenger;
    private final AliasNews news = new AliasNews();
    private final ReportWindow report;
    private final ServerMetrics metrics;
    private final ChallengerMetrics challengerMetrics;
    private SnapshotOutlet snapshots;

    /** @param operator the server's metrics */
    ChallengerOutlet(
            ServerSettings settings,
            ChallengerSettings challenger,
            Challenge challenge,
            MetricGroup operator,
            long nowNanos) {
        this.settings = settings;
        this.challenger = challenger;
        this.report = new ReportWindow(Long.MAX_VALUE, 0, nowNanos);
        MetricGroup group = operator.addGroup("millrace").addGroup("challenger");
        this.metrics = new ServerMetrics(group);
        this.challengerMetrics = new ChallengerMetrics(group);
        this.snapshots = outlet(challenge, nowNanos);
        challengerMetrics.swapped(challenge.swaps);
        news.changed(Standing.NONE, challenge.state.standing);
    }

    private SnapshotOutlet outlet(Challenge challenge, long nowNanos) {
        return new SnapshotOutlet(settings.ofChallenger(challenger, challenge.swapped), news, nowNanos);
    }

    void closed(Challenge.Step step, long nanos) {
        metrics.closed(step.samples(), nanos);
        if (step.accepted())
            report.add(step.samples(), step.outcomes().weight(), step.outcomes().lossSum());
    }

    void judged(long version, Verdict verdict) {
        news.judged(version, verdict);
        challengerMetrics.judged(verdict);
    }

    /** The two have changed roles. */
    void swapped(Challenge challenge, Standing before, long nowNanos) {
        snapshots = outlet(challenge, nowNanos);
        news.changed(before, challenge.state.standing);
        challengerMetrics.swapped(challenge.swaps);
    }

    /** A report of its own, with what there is news of. */
    StepReport report(
            long incarnation, Trainer trainer, Arrivals arrivals, List<String> classes, long nowNanos, long time) {
        StepReport made = Reports.of(
                challenger.model(), incarnation, trainer, arrivals, report, nowNanos, time, classes, List.of(), news);
        metrics.reported(made);
        report.restart(nowNanos);
        return made;
    }

    /** The snapshot, if there is something new, to go with one of the model. */
    List<SnapshotRecord> take(TrainingState state, long nowNanos, long now) {
        if (!snapshots.isNew(state)) return takeAliases(state);
        List<SnapshotRecord> records = snapshots.take(state, nowNanos, now);
        metrics.published(state.publishedVersion);
        return records;
    }

    /** The aliases alone, if they have changed. */
    List<SnapshotRecord> takeAliases(TrainingState state) {
        SnapshotRecord aliases = snapshots.takeAliases(state);
        return aliases == null ? List.of() : List.of(aliases);
    }
}
