package dev.millrace.model.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChallengeRuleTest {
    private static final ChallengeRule RULE = new ChallengeRule(GateMetric.LOSS, 0.125, 100, 3, true);

    private static Evaluation loss(double loss) {
        return new Evaluation(100, loss, 0.5, 0.5, false, true);
    }

    private static Evaluation accuracy(double accuracy) {
        return new Evaluation(100, 1, accuracy, 0.5, false, true);
    }

    @ParameterizedTest
    @CsvSource({
        "0.5, 0.4, 2, PROMOTED, 3", // 20 % better for the third time
        "0.5, 0.4, 0, BETTER, 1",
        "0.5, 0.4375, 1, BETTER, 2", // 12.5 %, exactly
        "0.5, 0.46, 2, TOO_LITTLE, 0",
        "0.5, 0.5, 2, EQUAL, 0",
        "0.5, 0.51, 2, WORSE, 0",
        "0, 0.1, 2, WORSE, 0", // infinitely
        "0, 0, 2, EQUAL, 0",
        "NaN, 0.1, 2, NO_METRIC, 0",
        "0.5, NaN, 2, NO_METRIC, 0",
    })
    void aLossIsComparedRelatively(double model, double challenger, int before, ChallengeReason reason, int inARow) {
        Verdict verdict = RULE.judge(loss(model), loss(challenger), before);

        assertThat(verdict.reason()).isEqualTo(reason);
        assertThat(verdict.inARow()).isEqualTo(inARow);
        assertThat(verdict.promotes()).isEqualTo(reason == ChallengeReason.PROMOTED);
    }

    @ParameterizedTest
    @CsvSource({"0.75, 0.875, BETTER", "0.75, 0.8125, TOO_LITTLE", "0.75, 0.5, WORSE"})
    void anAccuracyByItsDifference(double model, double challenger, ChallengeReason reason) {
        ChallengeRule rule = new ChallengeRule(GateMetric.ACCURACY, 0.125, 100, 3, true);

        assertThat(rule.judge(accuracy(model), accuracy(challenger), 0).reason())
                .isEqualTo(reason);
    }

    @Test
    void tooFewSamplesOneClassAndARefusedStepAreNeverBetter() {
        Evaluation few = new Evaluation(99, 0.1, 1, 1, false, true);
        Evaluation constant = new Evaluation(100, 0.1, 1, 1, true, true);
        Evaluation refused = new Evaluation(100, 0.1, 1, 1, false, false);

        assertThat(RULE.judge(loss(0.5), few, 2).reason()).isEqualTo(ChallengeReason.TOO_FEW_SAMPLES);
        assertThat(RULE.judge(loss(0.5), constant, 2).reason()).isEqualTo(ChallengeReason.ONE_CLASS);
        assertThat(RULE.judge(loss(0.5), refused, 2).reason()).isEqualTo(ChallengeReason.NOT_FINITE);
        assertThat(RULE.judge(loss(0.5), few, 2).inARow()).isZero();
    }

    @Test
    void byHandItSaysThatThePersonMay() {
        ChallengeRule manual = new ChallengeRule(GateMetric.LOSS, 0, 100, 2, false);

        Verdict verdict = manual.judge(loss(0.5), loss(0.45), 1);

        assertThat(verdict.reason()).isEqualTo(ChallengeReason.READY);
        assertThat(verdict.promotes()).isFalse();
        assertThat(verdict.improvement()).isCloseTo(0.1, offset(1e-12)); // two roundings
    }

    @Test
    void saysValuesAndLimits() {
        assertThat(RULE.judge(loss(0.5), loss(0.46), 0).text())
                .isEqualTo("loss 0.4600 against 0.5000 of the model over 100 samples is 8.0 % better"
                        + " (limit 12.5 %, challenger.min-improvement)");
        assertThat(RULE.judge(loss(0.5), loss(0.4), 0).text())
                .endsWith("is 20.0 % better, 1 in a row (limit 3, challenger.consecutive)");
    }

    @Test
    void aRuleThatCannotBeIsRefused() {
        assertThatThrownBy(() -> new ChallengeRule(GateMetric.LOSS, Double.NaN, 1, 1, true))
                .hasMessage("challenger.min-improvement must be >= 0. Received: NaN");
        assertThatThrownBy(() -> new ChallengeRule(GateMetric.LOSS, 0, 0, 1, true))
                .hasMessage("challenger.min-samples must be >= 1. Received: 0");
        assertThatThrownBy(() -> new ChallengeRule(GateMetric.LOSS, 0, 1, 0, true))
                .hasMessage("challenger.consecutive must be >= 1. Received: 0");
    }
}
