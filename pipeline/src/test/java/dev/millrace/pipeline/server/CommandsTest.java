package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.FixedBatchSize;
import dev.millrace.model.drift.DriftKind;
import dev.millrace.model.gate.ChallengeRule;
import dev.millrace.model.gate.Evaluation;
import dev.millrace.model.gate.GateMetric;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
    private static final Commands WITH_NORMS = commands(true, false);
    private static final Evaluation MEASURED = new Evaluation(100, 0.5, 0.8, 0.9, false, true);

    /** Version 2 is the champion, version 1 was it before. */
    private static final Standing STANDING = Standing.NONE
            .published(1, MEASURED, "{}", 10)
            .published(2, MEASURED, "{}", 10)
            .withChampion(2, 1L, true, 0);

    private static final Challenge CHALLENGE = challenge();

    private static Challenge challenge() {
        ModelSpec spec = ModelSpec.fromYaml("""
                name: rival
                inputs: 2
                layers: [{dense: {units: 1, activation: sigmoid}}]
                loss: binary_crossentropy
                """);
        ServerSettings settings = new ServerFixture("rival", spec.toJson(), BatchSettings.fixed(32)).settings();
        TrainingState state = Trainers.create(settings, null, false).state();
        state.totalSamples = 100;
        return Challenge.begin(state, new ChallengeRule(GateMetric.LOSS, 0.1, 100, 3, false));
    }

    private static Commands commands(boolean withNorms, boolean sumReduction) {
        BatchSettings batch = new BatchSettings(
                Controllers.always(BatchSizeController.of(new FixedBatchSize(32))),
                8,
                4096,
                withNorms,
                DriftKind.NONE,
                false);
        return new Commands(
                new ServerFixture("ctr", "{}", batch).sumReduction(sumReduction).settings());
    }

    private static Commands.Judged judge(Commands commands, Overrides now, Command command) {
        return commands.judge(now, STANDING, CHALLENGE, command, 0);
    }

    private static Command command(Action action) {
        return Command.of("c-1", "ctr", action);
    }

    private static void assertRefused(Commands.Judged judged, String reason) {
        assertThat(judged.overrides()).isEqualTo(Overrides.NONE);
        assertThat(judged.outcome().accepted()).isFalse();
        assertThat(judged.outcome().reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, 0, 4097})
    void aSizeOutsideOfTheBoundsIsRefused(int size) {
        Commands.Judged judged =
                judge(WITH_NORMS, Overrides.NONE, command(Action.PIN_BATCH_SIZE).withSize(size));

        assertRefused(judged, "size must be in 1..4096 (batch.max). Received: " + size);
        assertThat(judged.outcome().id()).isEqualTo("c-1");
        assertThat(judged.outcome().what()).isEqualTo("pin the batch size");
    }

    @Test
    void aCommandWithoutWhatItNeedsIsRefused() {
        assertRefused(
                judge(WITH_NORMS, Overrides.NONE, command(Action.PIN_BATCH_SIZE)),
                "size must be in 1..4096 (batch.max). Received: nothing");
        assertRefused(
                judge(WITH_NORMS, Overrides.NONE, command(Action.SET_LEARNING_RATE)),
                "learning rate must be > 0 and finite. Received: nothing");
    }

    @Test
    void aSmallestBatchAboveTheLargestIsRefused() {
        assertRefused(
                judge(
                        WITH_NORMS,
                        Overrides.NONE,
                        command(Action.SET_BATCH_BOUNDS).withBounds(65, 64)),
                "min must be <= max (64). Received: 65");
        assertRefused(
                judge(
                        WITH_NORMS,
                        Overrides.NONE,
                        command(Action.SET_BATCH_BOUNDS).withBounds(null, 7)),
                "min must be <= max (7). Received: 8");
    }

    @Test
    void boundsThatNoConfigurationMayHaveAreRefused() {
        assertRefused(
                judge(
                        WITH_NORMS,
                        Overrides.NONE,
                        command(Action.SET_BATCH_BOUNDS).withBounds(0, 64)),
                "min must be in 1..1048576. Received: 0");
        assertRefused(
                judge(
                        WITH_NORMS,
                        Overrides.NONE,
                        command(Action.SET_BATCH_BOUNDS).withBounds(1, 1048577)),
                "max must be in 1..1048576. Received: 1048577");
    }

    @Test
    void boundsBelowThePinnedSizeAreRefused() {
        Overrides pinned = Overrides.NONE.withPinnedSize(128);

        Commands.Judged judged =
                judge(WITH_NORMS, pinned, command(Action.SET_BATCH_BOUNDS).withBounds(1, 127));

        assertThat(judged.overrides()).isEqualTo(pinned);
        assertThat(judged.outcome().reason())
                .isEqualTo("max must be >= the pinned size (128), or release that. Received: 127");
    }

    @Test
    void anUnknownPolicyIsRefusedWithThoseThatThereAre() {
        assertRefused(
                judge(
                        WITH_NORMS,
                        Overrides.NONE,
                        command(Action.SET_BATCH_POLICY).withPolicy("fastest")),
                "policy must be one of fixed, schedule, loss-plateau, norm-test, cabs, noise-scale, goodput, progress,"
                        + " annealed, auto. Received: fastest");
    }

    @Test
    void aPolicyThatGoesByNormsIsRefusedWhereWorkersSendNone() {
        Command auto = command(Action.SET_BATCH_POLICY).withPolicy("auto");

        Commands.Judged withoutNorms = judge(commands(false, false), Overrides.NONE, auto);
        Commands.Judged withSum = judge(commands(true, true), Overrides.NONE, auto);
        Commands.Judged plateau = judge(
                commands(false, true),
                Overrides.NONE,
                command(Action.SET_BATCH_POLICY).withPolicy("loss-plateau"));

        assertRefused(
                withoutNorms,
                "policy auto goes by the norms of the samples' own gradients, and this job was begun without."
                        + " Set batch.policy: auto or control.topic, and start it from a savepoint");
        assertRefused(withSum, "policy auto goes by gradients and needs training.reduction: mean. In effect: sum");
        assertThat(plateau.outcome().accepted()).isTrue();
        assertThat(judge(WITH_NORMS, Overrides.NONE, auto).overrides().policy()).isEqualTo("auto");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aLearningRateThatIsNotPositiveAndFiniteIsRefused(double rate) {
        assertRefused(
                judge(
                        WITH_NORMS,
                        Overrides.NONE,
                        command(Action.SET_LEARNING_RATE).withLearningRate(rate)),
                "learning rate must be > 0 and finite. Received: " + rate);
    }

    @Test
    void aRecordThatIsNoCommandIsRefusedWithoutAnId() {
        Commands.Judged judged = judge(WITH_NORMS, Overrides.NONE, Command.malformed("ctr", 0, "damaged"));

        assertRefused(judged, "damaged");
        assertThat(judged.outcome().id()).isEmpty();
    }

    @Test
    void aCommandWithoutAnIdOrWithOneTooLongIsRefused() {
        assertRefused(
                judge(WITH_NORMS, Overrides.NONE, Command.of("", "ctr", Action.PAUSE)),
                "id must have 1..200 characters. Received: 0");
        Commands.Judged tooLong = judge(WITH_NORMS, Overrides.NONE, Command.of("x".repeat(201), "ctr", Action.PAUSE));
        assertRefused(tooLong, "id must have 1..200 characters. Received: 201");
        assertThat(tooLong.outcome().id()).hasSize(203);
    }

    @ParameterizedTest
    @EnumSource
    void aRepeatedCommandIsAcknowledgedAndNotCarriedOut(Action action) {
        Command command = command(action)
                .withSize(64)
                .withBounds(16, 256)
                .withPolicy("schedule")
                .withLearningRate(0.5)
                .withVersion(1);

        Commands.Judged first = judge(WITH_NORMS, Overrides.NONE, command);
        Overrides since =
                first.overrides().withPinnedSize(1).withLearningRate(2.0).withPublishNow(false);
        Commands.Judged repeat = judge(WITH_NORMS, since, command);

        assertThat(first.outcome().accepted()).isTrue();
        assertThat(repeat.outcome().accepted()).isTrue();
        assertThat(repeat.outcome().what()).contains("carried out before");
        assertThat(repeat.overrides()).isSameAs(since);
    }

    @Test
    void aChallengerIsPromotedOnceAndOnlyWhereItIsSound() {
        Command promote = command(Action.PROMOTE_CHALLENGER);
        Commands.Judged first = judge(WITH_NORMS, Overrides.NONE, promote);
        Challenge broken = challenge();
        broken.state.refusedInARow = 2;

        assertThat(first.swaps()).isTrue();
        assertThat(first.standing()).isEqualTo(STANDING);
        assertThat(judge(WITH_NORMS, first.overrides(), promote).swaps()).isFalse();
        assertRefused(
                WITH_NORMS.judge(Overrides.NONE, STANDING, broken, promote, 0),
                "the challenger's last step must have been finite. Refused in a row: 2");
        assertRefused(
                WITH_NORMS.judge(Overrides.NONE, STANDING, null, promote, 0),
                "the configuration has no challenger section, so there is none to promote");
    }

    @Test
    void aRefusedCommandIsJudgedAnewWhenItIsSentAgain() {
        Command command = command(Action.PIN_BATCH_SIZE).withSize(5000);
        Commands.Judged refused = judge(WITH_NORMS, Overrides.NONE, command);
        Overrides wider = refused.overrides().withBounds(1, 8192);

        assertThat(judge(WITH_NORMS, wider, command).outcome())
                .isEqualTo(Outcome.accepted("c-1", "batch size pinned to 5000"));
    }

    @Test
    void theLastSixtyFourIdsAreKnown() {
        Overrides overrides = Overrides.NONE;
        for (int i = 0; i < 65; i++) {
            overrides = judge(WITH_NORMS, overrides, Command.of("c-" + i, "ctr", Action.PUBLISH))
                    .overrides();
        }

        assertThat(overrides.ids()).hasSize(64).doesNotContain("c-0").contains("c-1", "c-64");
    }

    @Test
    void pauseWhilePausedIsAccepted() {
        Overrides paused =
                judge(WITH_NORMS, Overrides.NONE, command(Action.PAUSE)).overrides();

        Commands.Judged again = judge(WITH_NORMS, paused, Command.of("c-2", "ctr", Action.PAUSE));

        assertThat(again.outcome().accepted()).isTrue();
        assertThat(again.overrides().paused()).isTrue();
    }

    @Test
    void whatIsSetCanBeReleased() {
        Overrides set = Overrides.NONE
                .withPinnedSize(64)
                .withBounds(2, 128)
                .withPolicy("auto")
                .withLearningRate(0.5)
                .withPaused(true);

        for (Action action : List.of(
                Action.RELEASE_BATCH_SIZE,
                Action.SET_BATCH_BOUNDS,
                Action.SET_BATCH_POLICY,
                Action.RELEASE_LEARNING_RATE,
                Action.RESUME)) {
            set = judge(WITH_NORMS, set, Command.of(action.name(), "ctr", action))
                    .overrides();
        }

        assertThat(set.ids()).hasSize(5);
        assertThat(set).isEqualTo(new Overrides(null, null, null, null, null, false, false, set.ids()));
    }

    @Test
    void aRestoredPolicyThatTheConfigurationForbidsIsDropped() {
        Overrides auto = Overrides.NONE.withPolicy("auto").withPinnedSize(7);

        assertThat(commands(true, true).allowed(auto)).isEqualTo(Overrides.NONE.withPinnedSize(7));
        assertThat(WITH_NORMS.allowed(auto)).isEqualTo(auto);
    }
}
