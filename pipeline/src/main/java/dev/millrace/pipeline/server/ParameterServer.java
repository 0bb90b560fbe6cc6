package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.Regime;
import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.gate.Verdict;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.Table;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.Outcome;
import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.metrics.TaskScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Owns parameters and optimizer state: adds gradients, closes steps, sends the parameters back, and hands out a
 * snapshot right before a checkpoint barrier, so that what is published is what a completed checkpoint covers.
 *
 * <p>A step closes when at least one gradient is in and every worker has contributed, is idle or has ended, or when its
 * deadline passes. What was computed at an older version or in another incarnation is added but does not count as a
 * contribution. While it is paused none closes, and workers rest.
 */
public abstract sealed class ParameterServer extends AbstractStreamOperator<StepReport>
        permits PlainParameterServer, ControlledParameterServer {
    private static final long serialVersionUID = 1L;

    /** Snapshots, part by part. */
    public static final OutputTag<SnapshotRecord> SNAPSHOTS =
            new OutputTag<>("snapshots", TypeInformation.of(SnapshotRecord.class));

    private static final long TICK_MILLIS = 50;

    /** The first steps of a life wait for the first samples and for compiled code; their time says nothing. */
    private static final int UNTIMED_STEPS = 64;

    private static final long LOG_EVERY_NANOS = 1_000_000_000;
    private static final int MAX_MALFORMED = 16; // in one report
    private static final ListStateDescriptor<TrainingState> STATE =
            new ListStateDescriptor<>("training", TrainingStateSerializer.INSTANCE);
    private static final ListStateDescriptor<PartialGradients> PARTIAL =
            new ListStateDescriptor<>("partial-gradients", PartialGradientsSerializer.INSTANCE);

    private final ServerSettings settings;

    private transient ListState<TrainingState> checkpointed;
    private transient ListState<PartialGradients> checkpointedPartial;
    private transient PartialGradients partial;
    private transient Learners learners;
    private transient Trainer trainer; // the model's
    private transient Contributions contributions;
    private transient List<ParameterLayout> layouts; // by configuration
    private transient ParameterChannel channel;
    private transient SnapshotOutlet snapshots;
    private transient @Nullable LiveParameters live;
    private transient @Nullable ChallengerOutlet challengerOutlet;
    private transient AliasNews aliasNews;
    private transient ReportWindow report;
    private transient ServerMetrics serverMetrics;
    private transient StreamRecord<StepReport> reportRecord;
    private transient long incarnation;
    private transient Arrivals arrivals;
    private transient long stepOpenedNanos;
    private transient long sentNanos;
    private transient long timedSteps;
    private transient Commands commands;
    private transient List<Outcome> outcomes; // since the last report
    private transient List<String> classes; // their words, if there are any
    private transient long malformedLoggedNanos;
    private transient boolean ended;

    @SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before the first element
    ParameterServer(ServerSettings settings) {
        this.settings = settings;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        checkpointed = context.getOperatorStateStore().getListState(STATE);
        TrainingState restored = null;
        for (TrainingState state : checkpointed.get()) restored = state;
        checkpointedPartial = context.getOperatorStateStore().getListState(PARTIAL);
        partial = new PartialGradients();
        for (PartialGradients kept : checkpointedPartial.get()) partial = kept;
        learners = Learners.create(settings, restored, isControlled());
        trainer = learners.model();
        EarlierVersions earlier = EarlierVersions.of(settings);
        learners.goOnAbove(earlier.newest(), restored == null);
        adopt(earlier, trainer.state(), settings.model(), settings.publication().directory());
        ChallengerSettings second = settings.challenger();
        Challenge challenge = learners.challenge();
        if (second != null && challenge != null) adopt(earlier, challenge.state, second.model(), second.directory());
        if (restored != null) {
            LOG.info(
                    "Restored {} at version {} after {} samples",
                    settings.model(),
                    restored.version,
                    restored.totalSamples);
        }
    }

    private static void adopt(EarlierVersions earlier, TrainingState state, String model, @Nullable String directory) {
        state.standing = earlier.adopt(state.standing, model, directory, System.currentTimeMillis());
    }

    @Override
    public void open() throws Exception {
        super.open();
        incarnation = ThreadLocalRandom.current().nextLong();
        contributions = new Contributions();
        arrivals = new Arrivals();
        commands = new Commands(settings);
        outcomes = new ArrayList<>();
        classes = classes(settings.features());
        malformedLoggedNanos = System.nanoTime() - LOG_EVERY_NANOS;
        aliasNews = new AliasNews();
        aliasNews.changed(Standing.NONE, trainer.state().standing); // an adoption, and what left with no snapshot
        snapshots = new SnapshotOutlet(settings.ofModel(learners.isSwapped()), aliasNews, System.nanoTime());
        challengerOutlet = challengerOutlet();
        report = new ReportWindow(settings.reportMillis() * 1_000_000, settings.reportSamples(), System.nanoTime());
        reportRecord = new StreamRecord<>(null);
        serverMetrics = ServerMetrics.of(getMetricGroup());
        openLive();
        channel = ParameterChannel.of(TaskScope.of(getMetricGroup()));
        layouts = learners.layouts();
        sendAll();
        tick(0);
    }

    private void openLive() {
        LiveSettings liveSettings = settings.publication().live();
        if (liveSettings == null) return;
        LiveParameters opened = new LiveParameters(
                liveSettings, settings.ofModel(learners.isSwapped()), incarnation, System.nanoTime());
        serverMetrics.live(opened);
        live = opened;
    }

    private @Nullable ChallengerOutlet challengerOutlet() {
        ChallengerSettings second = settings.challenger();
        Challenge challenge = learners.challenge();
        return second == null || challenge == null
                ? null
                : new ChallengerOutlet(settings, second, challenge, getMetricGroup(), System.nanoTime());
    }

    private static List<String> classes(@Nullable String features) {
        return features == null
                ? List.of()
                : FeatureMapping.fromJson(features).spec().classes();
    }

    /** Whether commands may come. */
    abstract boolean isControlled();

    final void take(Gradient gradient) {
        boolean ofThisLife = gradient.incarnation == incarnation;
        switch (gradient.kind) {
            case BLOCK -> add(gradient, ofThisLife);
            case IDLE -> {
                if (ofThisLife) contributions.idle(gradient.worker, gradient.workers);
            }
            case ENDED -> {
                if (ofThisLife) contributions.ended(gradient.worker, gradient.workers);
            }
        }
        closeStepIfComplete();
        if (contributions.allEnded()) channel.end();
    }

    private void add(Gradient gradient, boolean ofThisLife) {
        if (gradient.summary == null) {
            partial.keep(gradient);
            return;
        }
        boolean first = !trainer.hasContribution();
        for (Gradient block : partial.take(gradient)) learners.add(block, ofThisLife);
        learners.add(gradient, ofThisLife);
        if (first) stepOpenedNanos = System.nanoTime();
        arrivals.contributed(
                gradient.worker,
                gradient.workers,
                gradient.summary.samples(),
                gradient.summary.signals().pendingRecords());
        if (!ofThisLife) return;
        contributions.contributed(gradient.worker, gradient.workers, gradient.step);
        noteEngines(gradient, gradient.summary);
    }

    private void noteEngines(Gradient gradient, Gradient.Summary summary) {
        learners.of(0).state().engines.note(gradient.worker, gradient.workers, summary.engine());
        Gradient.Second second = summary.second();
        if (second == null || learners.challenger() == null) return;
        learners.of(1).state().engines.note(gradient.worker, gradient.workers, second.engine());
    }

    private void closeStepIfComplete() {
        if (!trainer.hasContribution() || isPaused()) return;
        if (settings.asynchronous() || contributions.complete(trainer.state().version)) closeStep();
    }

    private void closeStep() {
        Outcomes outcomes = trainer.pending();
        int samples = trainer.pendingSamples();
        long closedNanos = System.nanoTime();
        arrivals.closed(closedNanos);
        boolean accepted = learners.close(timing(closedNanos));
        if (accepted) report.add(samples, outcomes.weight(), outcomes.lossSum());
        else refuse();
        sendParameters();
        long now = System.nanoTime();
        serverMetrics.closed(samples, now - stepOpenedNanos);
        if (live != null) live.offer(trainer.state(), now);
        Challenge.Step challenged = learners.closed();
        if (challengerOutlet != null && challenged != null) challengerOutlet.closed(challenged, now - stepOpenedNanos);
        if (report.isDue(now)) emitReport(now);
    }

    private StepTiming timing(long nowNanos) {
        TrainingState state = trainer.state();
        boolean backlog = state.batchSize.decision().regime() == Regime.CATCH_UP; // then reading is what takes long
        if (timedSteps++ < UNTIMED_STEPS) return new StepTiming(Double.NaN, arrivals.rate(), arrivals.lag());
        long working = nowNanos - sentNanos - (backlog ? 0 : state.signals.waitNanos);
        return new StepTiming(working > 0 ? working / 1e9 : Double.NaN, arrivals.rate(), arrivals.lag());
    }

    private void refuse() {
        TrainingState state = trainer.state();
        LOG.warn(
                "Step refused at version {}: loss, gradient or parameters were not finite. {} refused in a row, limit {}",
                state.version,
                state.refusedInARow,
                settings.maxRefusalsInARow());
        if (state.refusedInARow < settings.maxRefusalsInARow()) return;
        throw new SuppressRestartsException(new ArithmeticException("Training of " + settings.model() + " stopped: "
                + state.refusedInARow + " steps in a row were not finite (training.max-consecutive-refusals). "
                + "Parameters and snapshots are as they were before. Lower learning-rate, set optimizer.clip_norm, "
                + "or look at the latest samples; then restart from the last checkpoint."));
    }

    /** Sends what a worker that knows nothing needs. */
    private void sendAll() {
        ParameterSet set = channel.beginWhole(layouts);
        for (int i = 0; i < layouts.size(); i++) {
            List<Table> tables = learners.of(i).state().tables;
            for (int t = 0; t < tables.size(); t++) {
                Table table = tables.get(t);
                for (int row = 0; row < table.rows(); row++) set.rows(i, t).place(row);
                set.rows(i, t).fill(table.values());
            }
        }
        send(set);
    }

    /** Sends what the last step changed. */
    private void sendParameters() {
        ParameterSet set = channel.begin(layouts);
        for (int i = 0; i < layouts.size(); i++) {
            Trainer of = learners.of(i);
            List<Table> tables = of.state().tables;
            for (int t = 0; t < tables.size(); t++) {
                set.rows(i, t).fill(of.changedRows()[t], tables.get(t).values());
            }
        }
        send(set);
    }

    private void send(ParameterSet set) {
        TrainingState state = trainer.state();
        for (int i = 0; i < layouts.size(); i++) set.fill(i, learners.of(i).state().parameters);
        set.head(incarnation, state.version, state.batchSize.batchSize(), state.overrides.paused());
        channel.publish(set);
        sentNanos = System.nanoTime();
    }

    /** Looks after what no message wakes: the deadline of a step, a report in a quiet stream. */
    @SuppressWarnings("FutureReturnValueIgnored") // a timer that fails fails the task
    private void tick(long time) {
        long now = System.nanoTime();
        boolean overdue = now - stepOpenedNanos > settings.stepDeadlineMillis() * 1_000_000;
        if (overdue && trainer.hasContribution() && !isPaused()) closeStep();
        if (live != null) live.offer(trainer.state(), now); // the last step before a pause in the stream
        if (report.isDue(now) || !outcomes.isEmpty() || aliasNews.hasChange()) emitReport(now);
        getProcessingTimeService()
                .registerTimer(getProcessingTimeService().getCurrentProcessingTime() + TICK_MILLIS, this::tick);
    }

    private void emitReport(long nowNanos) {
        StepReport made = Reports.of(
                settings.model(),
                incarnation,
                trainer,
                arrivals,
                report,
                nowNanos,
                System.currentTimeMillis(),
                classes,
                List.copyOf(outcomes),
                aliasNews);
        outcomes.clear();
        serverMetrics.reported(made);
        output.collect(reportRecord.replace(made));
        report.restart(nowNanos);
        Trainer challenger = learners.challenger();
        if (challengerOutlet == null || challenger == null) return;
        output.collect(reportRecord.replace(challengerOutlet.report(
                incarnation, challenger, arrivals, classes, nowNanos, System.currentTimeMillis())));
    }

    private boolean isPaused() {
        return trainer.state().overrides.paused();
    }

    /** Carries a command out, or refuses it; either is reported at once. */
    final void take(Command command) {
        TrainingState state = trainer.state();
        Overrides before = state.overrides;
        Commands.Judged judged =
                commands.judge(before, state.standing, learners.challenge(), command, System.currentTimeMillis());
        if (command.action() == null) {
            malformed(judged.outcome());
            return;
        }
        trainer.override(judged.overrides());
        aliasNews.changed(state.standing, judged.standing());
        state.standing = judged.standing();
        if (judged.swaps()) swap(command.user(), command.id(), command.reason());
        if (judged.overrides().paused() != before.paused()) restOrGoOn();
        LOG.info("{}: command {}", settings.model(), judged.outcome());
        outcomes.add(judged.outcome());
        emitReport(System.nanoTime());
    }

    /** Reported with the next tick, and no more than a few of them: whoever floods the topic shall not flood this one. */
    private void malformed(Outcome outcome) {
        serverMetrics.malformedCommand();
        if (outcomes.size() < MAX_MALFORMED) outcomes.add(outcome);
        long now = System.nanoTime();
        if (now - malformedLoggedNanos < LOG_EVERY_NANOS) return;
        malformedLoggedNanos = now;
        LOG.warn("{}: no command: {}", settings.model(), outcome.reason());
    }

    private void restOrGoOn() {
        arrivals = new Arrivals();
        stepOpenedNanos = System.nanoTime();
        sendAsNews();
    }

    /** A version that was sent before would be old news to the workers. */
    private void sendAsNews() {
        TrainingState state = trainer.state();
        state.version++;
        Trainer challenger = learners.challenger();
        if (challenger != null) challenger.accompany(state);
        sendParameters();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        if (ended) return; // the sinks take nothing more
        judgeChallenger();
        TrainingState state = trainer.state();
        boolean ordered = state.overrides.publishNow();
        if (ordered) state.overrides = state.overrides.withPublishNow(false);
        boolean due = ordered ? snapshots.isNew(state) : snapshots.isDue(state, System.nanoTime());
        if (due) publish();
        else publishAliases();
    }

    private void publish() {
        for (SnapshotRecord record : snapshots.take(trainer.state(), System.nanoTime(), System.currentTimeMillis())) {
            output.collect(SNAPSHOTS, new StreamRecord<>(record));
        }
        serverMetrics.published(trainer.state().publishedVersion);
        Challenge challenge = learners.challenge();
        if (challengerOutlet == null || challenge == null) return;
        collect(challengerOutlet.take(challenge.state, System.nanoTime(), System.currentTimeMillis()));
    }

    /** What a person decided does not wait for the next version. */
    private void publishAliases() {
        SnapshotRecord record = snapshots.takeAliases(trainer.state());
        if (record != null) output.collect(SNAPSHOTS, new StreamRecord<>(record));
        Challenge challenge = learners.challenge();
        if (challengerOutlet == null || challenge == null) return;
        collect(challengerOutlet.takeAliases(challenge.state));
    }

    private void collect(List<SnapshotRecord> records) {
        for (SnapshotRecord record : records) output.collect(SNAPSHOTS, new StreamRecord<>(record));
    }

    /** At each checkpoint: the roles change before anything is published. */
    private void judgeChallenger() {
        Verdict verdict = learners.judge();
        if (challengerOutlet == null || verdict == null) return;
        challengerOutlet.judged(trainer.state().version, verdict);
        LOG.debug("{}: {}, {}", settings.model(), verdict.reason(), verdict.text());
        if (verdict.promotes()) swap(AliasChange.RULE, "", verdict.text());
    }

    /** Between two steps: the challenger is the model from now on, and the model the challenger. */
    private void swap(String who, String command, String reason) {
        TrainingState was = trainer.state();
        Standing before = was.standing;
        learners.swap();
        trainer = learners.model();
        TrainingState state = trainer.state();
        Standing its = was.standing;
        long now = System.currentTimeMillis();
        state.standing = Promotions.swapped(before, who, command, reason, now);
        was.standing = Promotions.swapped(its, who, command, reason, now);
        aliasNews.changed(before, state.standing);
        Challenge challenge = Objects.requireNonNull(state.challenge);
        snapshots = new SnapshotOutlet(settings.ofModel(challenge.swapped), aliasNews, System.nanoTime());
        Objects.requireNonNull(challengerOutlet).swapped(challenge, its, System.nanoTime());
        if (live != null) live.follow(settings.ofModel(challenge.swapped));
        LOG.info(
                "{}: model and challenger have changed roles at version {}: {}",
                settings.model(),
                state.version,
                reason.isEmpty() ? "as " + who + " wanted" : reason);
        sendAsNews(); // what was published under the old roles may have this version
    }

    /** No more gradients will come. */
    final void endGradients() {
        if (trainer.hasContribution()) closeStep();
        handOut();
    }

    /** Nothing more will come, neither gradients nor commands. */
    final void end() {
        handOut();
        ended = true;
    }

    /** All that is left to say. */
    private void handOut() {
        judgeChallenger();
        if (snapshots.isNew(trainer.state())) publish();
        else publishAliases();
        if (report.samples > 0 || !outcomes.isEmpty() || !aliasNews.isEmpty()) emitReport(System.nanoTime());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        checkpointed.update(List.of(trainer.snapshot()));
        checkpointedPartial.update(List.of(partial));
    }

    @Override
    public void close() throws Exception {
        if (live != null) live.close();
        ParameterChannel.forget(TaskScope.of(getMetricGroup()));
        super.close();
    }
}
