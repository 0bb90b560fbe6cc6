package dev.millrace.model.gate;

import java.io.Serializable;
import java.util.Locale;

/**
 * When a challenger takes the place of the model: it was better by {@code minImprovement} on the newest {@code minSamples}
 * samples, which both scored before they learnt from them, at {@code consecutive} checkpoints in a row. Pure.
 *
 * <p>For a loss {@code C} of the challenger and {@code M} of the model and an improvement {@code i}: {@code C <= M (1 - i)};
 * for accuracy and AUC {@code C >= M + i}. Equal is never better. Example: 0.450 is an improvement of 10 % on 0.500.
 *
 * @param metric compared
 * @param minImprovement >= 0
 * @param minSamples that both must have scored, >= 1
 * @param consecutive checkpoints with new samples, >= 1
 * @param automatic whether the two change roles then; else a person is told that they may
 */
public record ChallengeRule(
        GateMetric metric, double minImprovement, long minSamples, int consecutive, boolean automatic)
        implements Serializable {

    public ChallengeRule {
        if (!(minImprovement >= 0)) {
            throw new IllegalArgumentException("challenger.min-improvement must be >= 0. Received: " + minImprovement);
        }
        if (minSamples < 1) {
            throw new IllegalArgumentException("challenger.min-samples must be >= 1. Received: " + minSamples);
        }
        if (consecutive < 1) {
            throw new IllegalArgumentException("challenger.consecutive must be >= 1. Received: " + consecutive);
        }
    }

    /**
     * Judges a challenger.
     *
     * @param model on the newest samples
     * @param challenger on the same samples
     * @param inARow checkpoints before this one at which it was better by enough
     */
    public Verdict judge(Evaluation model, Evaluation challenger, int inARow) {
        if (!challenger.finite()) {
            return verdict(ChallengeReason.NOT_FINITE, Double.NaN, 0, "the challenger's last step was refused");
        }
        if (challenger.samples() < minSamples) {
            String text = String.format(
                    Locale.ROOT,
                    "%,d samples were scored by both and %,d are needed (challenger.min-samples)",
                    challenger.samples(),
                    minSamples);
            return verdict(ChallengeReason.TOO_FEW_SAMPLES, Double.NaN, 0, text);
        }
        if (challenger.oneClass()) {
            String text =
                    String.format(Locale.ROOT, "the %,d samples scored are of one class alone", challenger.samples());
            return verdict(ChallengeReason.ONE_CLASS, Double.NaN, 0, text);
        }
        double of = metric.of(challenger);
        double than = metric.of(model);
        if (Double.isNaN(of) || Double.isNaN(than)) {
            String whose = Double.isNaN(of) ? "the challenger's " : "the model's ";
            return verdict(ChallengeReason.NO_METRIC, Double.NaN, 0, whose + metric.text() + " is not a number");
        }
        return compared(of, than, challenger.samples(), inARow);
    }

    private Verdict compared(double of, double than, long samples, int inARow) {
        double improvement = of == than ? 0 : -metric.regression(of, than);
        String values = String.format(
                Locale.ROOT, "%s %.4g against %.4g of the model over %,d samples", metric.text(), of, than, samples);
        if (improvement == 0) return verdict(ChallengeReason.EQUAL, improvement, 0, values + " is equal");
        if (improvement < 0) {
            return verdict(ChallengeReason.WORSE, improvement, 0, values + " is " + amount(-improvement) + " worse");
        }
        String better = values + " is " + amount(improvement) + " better";
        if (improvement < minImprovement) {
            String limit = " (limit " + amount(minImprovement) + ", challenger.min-improvement)";
            return verdict(ChallengeReason.TOO_LITTLE, improvement, 0, better + limit);
        }
        int row = inARow + 1;
        String times = ", " + row + " in a row (limit " + consecutive + ", challenger.consecutive)";
        return verdict(reason(row), improvement, row, better + times);
    }

    private ChallengeReason reason(int row) {
        if (row < consecutive) return ChallengeReason.BETTER;
        return automatic ? ChallengeReason.PROMOTED : ChallengeReason.READY;
    }

    private static Verdict verdict(ChallengeReason reason, double improvement, int row, String text) {
        return new Verdict(reason, improvement, row, text);
    }

    /** A difference of losses is relative, one of shares is not. */
    private String amount(double improvement) {
        return metric == GateMetric.LOSS
                ? String.format(Locale.ROOT, "%.1f %%", 100 * improvement)
                : String.format(Locale.ROOT, "%.4g", improvement);
    }
}
