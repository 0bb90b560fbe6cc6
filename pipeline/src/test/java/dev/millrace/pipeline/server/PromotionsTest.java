package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.gate.Decision;
import dev.millrace.model.gate.Evaluation;
import dev.millrace.model.gate.GateMetric;
import dev.millrace.model.gate.Reason;
import dev.millrace.model.gate.Thresholds;
import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.Outcome;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Versions that are published one after the other, and what people do between them. */
class PromotionsTest {
    private static final long HOUR = 3_600_000;
    private static final PublicationSettings SETTINGS =
            new PublicationSettings(new Thresholds(GateMetric.LOSS, 0.1, null, null, null, 100, HOUR), 3, null);

    private final Commands commands = new Commands(new ServerFixture("ctr", "{}", BatchSettings.fixed(32))
            .publication(SETTINGS)
            .settings());
    private final Promotions promotions = new Promotions(SETTINGS);
    private Standing standing = Standing.NONE;
    private Overrides overrides = Overrides.NONE;
    private long now = 1_000;
    private int sent;

    private Reason publish(long version, double loss) {
        Evaluation evaluation = new Evaluation(100, loss, 0.8, 0.9, false, true);
        Decision decision = promotions.decide(standing, evaluation, now);
        standing = promotions.published(standing, version, evaluation, "{}", decision, now);
        return decision.reason();
    }

    private Outcome say(Command command) {
        Commands.Judged judged = commands.judge(overrides, standing, null, command, now);
        overrides = judged.overrides();
        standing = judged.standing();
        return judged.outcome();
    }

    private Command command(Action action) {
        return Command.of("c-" + ++sent, "ctr", action).from("ada", "complaints");
    }

    private List<Long> retained() {
        return standing.versions().stream().map(Standing.Published::version).toList();
    }

    @Test
    void theGateMovesTheChampionAndAuditsIt() {
        assertThat(publish(1, 0.7)).isEqualTo(Reason.FIRST);
        assertThat(publish(2, 0.9)).isEqualTo(Reason.WORSE);
        assertThat(publish(3, 0.6)).isEqualTo(Reason.BETTER);

        assertThat(standing.aliases("ctr")).isEqualTo(new Aliases("ctr", 3, false, 3L, 3L, 1L));
        assertThat(standing.changes())
                .containsExactly(
                        new AliasChange(
                                1,
                                1_000,
                                AliasChange.Kind.PROMOTE,
                                null,
                                1L,
                                false,
                                "gate",
                                "",
                                "loss 0.7000" + " over 100 samples, and there was no champion"),
                        new AliasChange(
                                3,
                                1_000,
                                AliasChange.Kind.PROMOTE,
                                1L,
                                3L,
                                false,
                                "gate",
                                "",
                                "loss 0.6000" + " over 100 samples is better than 0.7000 of champion 1"));
    }

    @Test
    void aRollbackGoesBackToTheChampionBeforeAndTheNextPromotionNeedsTheGate() {
        publish(1, 0.7);
        publish(2, 0.6);

        Outcome outcome = say(command(Action.ROLLBACK));

        assertThat(outcome.what())
                .isEqualTo("champion: version 1; readers see it when the next checkpoint has completed");
        assertThat(standing.aliases("ctr")).isEqualTo(new Aliases("ctr", 3, false, 1L, 2L, null));
        assertThat(standing.changes().get(2))
                .isEqualTo(new AliasChange(
                        3, 1_000, AliasChange.Kind.ROLLBACK, 2L, 1L, false, "ada", "c-1", "complaints"));
        assertThat(publish(3, 0.8)).as("against version 1's 0.7").isEqualTo(Reason.WORSE);
        assertThat(publish(4, 0.69)).isEqualTo(Reason.BETTER);
        assertThat(standing.champion()).isEqualTo(4);
    }

    @Test
    void aSecondRollbackIsRefusedInsteadOfUndoingTheFirst() {
        publish(1, 0.7);
        publish(2, 0.6);
        say(command(Action.ROLLBACK));

        Outcome second = say(command(Action.ROLLBACK));

        assertThat(second.accepted()).isFalse();
        assertThat(second.reason())
                .isEqualTo("there is no champion before 1; promote a version by its number, which must be one that is"
                        + " retained: 1, 2");
        assertThat(standing.champion()).isEqualTo(1);
    }

    @Test
    void aPersonMayPromoteWhatTheGateRefused() {
        publish(1, 0.7);
        publish(2, 0.9);

        assertThat(say(command(Action.PROMOTE).withVersion(2)).accepted()).isTrue();

        assertThat(standing.aliases("ctr")).isEqualTo(new Aliases("ctr", 3, false, 2L, 2L, 1L));
        assertThat(publish(3, 0.95)).as("the person's choice is the bar").isEqualTo(Reason.WITHIN_BOUND);
    }

    @Test
    void aVersionThatIsUnknownOrNoLongerRetainedIsNotPromoted() {
        publish(1, 0.7);
        publish(2, 0.6);
        for (long version = 3; version <= 7; version++) publish(version, 0.9);

        assertThat(retained())
                .as("the newest three, champion and the one before")
                .containsExactly(1L, 2L, 5L, 6L, 7L);
        assertThat(say(command(Action.PROMOTE).withVersion(3)).reason())
                .isEqualTo("version must be one that is retained: 1, 2, 5, 6, 7. Received: 3");
        assertThat(say(command(Action.PROMOTE)).reason()).endsWith("Received: nothing");
        assertThat(say(command(Action.PROMOTE).withVersion(8)).accepted()).isFalse();
        assertThat(standing.champion()).isEqualTo(2);
    }

    @Test
    void nothingIsPromotedBeforeAVersionIsPublished() {
        assertThat(say(command(Action.PROMOTE).withVersion(1)).reason())
                .isEqualTo("version must be one that this job has published, and there is none yet. Received: 1");
        assertThat(say(command(Action.PIN_CHAMPION)).reason()).isEqualTo("there is no champion yet to pin");
        assertThat(say(command(Action.ROLLBACK)).accepted()).isFalse();
        assertThat(standing).isEqualTo(Standing.NONE);
    }

    @Test
    void aPinnedChampionStaysUntilItIsUnpinned() {
        publish(1, 0.7);
        say(command(Action.PIN_CHAMPION));

        assertThat(publish(2, 0.1)).isEqualTo(Reason.PINNED);
        assertThat(say(command(Action.PROMOTE).withVersion(2)).reason())
                .isEqualTo("the champion is pinned to version 1: unpin it first, or say --pin to move it and keep it"
                        + " pinned there");
        assertThat(standing.aliases("ctr")).isEqualTo(new Aliases("ctr", 3, true, 1L, 2L, null));

        say(command(Action.UNPIN_CHAMPION));
        assertThat(publish(3, 0.1)).isEqualTo(Reason.BETTER);
        assertThat(standing.changes())
                .extracting(AliasChange::kind)
                .containsExactly(
                        AliasChange.Kind.PROMOTE,
                        AliasChange.Kind.PIN,
                        AliasChange.Kind.UNPIN,
                        AliasChange.Kind.PROMOTE);
    }

    @Test
    void aRollbackMayPinAtOnceSoThatTheNextVersionDoesNotUndoIt() {
        publish(1, 0.7);
        publish(2, 0.6);

        say(command(Action.ROLLBACK).withPin(true));

        assertThat(publish(3, 0.5)).isEqualTo(Reason.PINNED);
        assertThat(standing.champion()).isEqualTo(1);
        assertThat(say(command(Action.PROMOTE).withVersion(3).withPin(true)).accepted())
                .isTrue();
        assertThat(standing.aliases("ctr")).isEqualTo(new Aliases("ctr", 5, true, 3L, 3L, 1L));
    }

    @Test
    void whatIsSoAlreadyChangesNoRevision() {
        publish(1, 0.7);
        Standing before = standing;

        assertThat(say(command(Action.UNPIN_CHAMPION)).accepted()).isTrue();
        assertThat(say(command(Action.PROMOTE).withVersion(1)).what()).isEqualTo("champion: version 1, as it was");
        Command promote = command(Action.PROMOTE).withVersion(1).withPin(true);
        say(promote);
        say(promote);

        assertThat(standing.revision()).isEqualTo(before.revision() + 1);
    }

    @Test
    void whatASenderWritesIsCutAndEscapedInTheAudit() {
        publish(1, 0.7);

        say(command(Action.PIN_CHAMPION).from("a\r\nFATAL: forged", "x".repeat(1_000)));

        AliasChange change = standing.changes().get(1);
        assertThat(change.who()).isEqualTo("a??FATAL: forged");
        assertThat(change.reason()).hasSizeLessThan(510);
        say(command(Action.UNPIN_CHAMPION).from(" ", ""));
        assertThat(standing.changes().get(2).who()).isEqualTo("unknown");
    }

    @Test
    void theBarHoldsAcrossChampionsThatAreEachALittleWorse() {
        publish(1, 0.500);
        assertThat(publish(2, 0.520)).isEqualTo(Reason.WITHIN_BOUND);
        assertThat(publish(3, 0.545)).isEqualTo(Reason.WITHIN_BOUND);
        assertThat(publish(4, 0.560)).as("0.5 * 1.1 = 0.55").isEqualTo(Reason.WORSE);

        now += HOUR + 1;
        assertThat(publish(5, 0.560)).isEqualTo(Reason.RECORD_EXPIRED);
        assertThat(publish(6, 0.600)).as("0.56 is the bar now").isEqualTo(Reason.WITHIN_BOUND);
    }

    @Test
    void allOfItIsInTheCheckpoint() throws IOException {
        publish(1, 0.7);
        publish(2, Double.NaN);
        say(command(Action.PIN_CHAMPION));
        DataOutputSerializer out = new DataOutputSerializer(64);
        StandingFormat.write(standing, out);

        assertThat(StandingFormat.read(new DataInputDeserializer(out.getCopyOfBuffer())))
                .isEqualTo(standing);
    }
}
