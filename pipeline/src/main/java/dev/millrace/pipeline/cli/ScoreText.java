package dev.millrace.pipeline.cli;

import dev.millrace.model.metric.Calibration;
import dev.millrace.model.metric.ClassScore;
import dev.millrace.model.metric.Outcomes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The score of labeled examples as text: a line each of what the kind of model has, then a table of its classes. */
final class ScoreText {
    private static final int LONGEST_NAME = 24;

    private final List<String> lines = new ArrayList<>();

    private ScoreText() {}

    /** @param names words for the classes 0, 1, ...; a class without a word is a number */
    static List<String> of(Outcomes outcomes, List<String> names) {
        ScoreText text = new ScoreText();
        boolean labels = Double.isFinite(outcomes.hammingLoss());
        text.figure("loss", outcomes.loss());
        text.figure(labels ? "subset accuracy" : "accuracy", outcomes.accuracy());
        text.figure("Hamming loss", outcomes.hammingLoss());
        text.figure("auc", outcomes.auc());
        text.figure("macro precision", outcomes.classes().macroPrecision());
        text.figure("macro recall", outcomes.classes().macroRecall());
        text.figure("macro F1", outcomes.classes().macroF1());
        text.calibration(outcomes.calibration());
        text.figure("Brier score", outcomes.calibration().brierScore());
        text.figure("RMSE", outcomes.errors().rmse());
        text.figure("MAE", outcomes.errors().mae());
        text.figure("R2", outcomes.errors().r2());
        text.classes(outcomes, labels ? "label" : "class", names);
        return text.lines;
    }

    /** What a kind of model does not have is NaN. */
    private void figure(String name, double value) {
        if (Double.isFinite(value)) lines.add(String.format(Locale.ROOT, "%-18s %.5f", name, value));
    }

    private void calibration(Calibration calibration) {
        if (!Double.isFinite(calibration.error())) return;
        lines.add(String.format(
                Locale.ROOT,
                "%-18s %.5f (claimed %.5f on average, %.5f came true; %d bins)",
                "calibration error",
                calibration.error(),
                calibration.claimed(),
                calibration.happened(),
                Calibration.BINS));
    }

    private void classes(Outcomes outcomes, String kind, List<String> names) {
        List<ClassScore> table = outcomes.classes().table();
        if (table.isEmpty()) return;
        int width = kind.length();
        for (ClassScore score : table)
            width = Math.max(width, word(score, names).length());
        lines.add("");
        lines.add(String.format(
                Locale.ROOT, "%-" + width + "s  %9s  %9s  %9s  %12s", kind, "precision", "recall", "F1", "support"));
        for (ClassScore score : table) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-" + width + "s  %9.5f  %9.5f  %9.5f  %12s",
                    word(score, names),
                    score.precision(),
                    score.recall(),
                    score.f1(),
                    weight(score.support())));
        }
        int others = outcomes.classes().occurring() - table.size();
        if (others > 0) lines.add(String.format(Locale.ROOT, "and %,d more, of less support", others));
    }

    /** Examples without weights are counted. */
    private static String weight(double support) {
        return String.format(Locale.ROOT, support == Math.rint(support) ? "%,.0f" : "%,.2f", support);
    }

    private static String word(ClassScore score, List<String> names) {
        if (score.label() >= names.size()) return Integer.toString(score.label());
        String name = names.get(score.label());
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }
}
