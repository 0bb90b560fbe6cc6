package dev.millrace.pipeline.server;

import dev.millrace.model.metric.ClassCounts;
import dev.millrace.model.metric.Outcomes;
import java.util.List;

/**
 * Prequential metrics over the metric window beside loss, accuracy and AUC; NaN where the model has no such thing. Crosses
 * Flink edges as a POJO.
 *
 * @param macroPrecision mean over the classes that occur
 * @param macroRecall mean over the classes that occur
 * @param macroF1 mean over the classes that occur
 * @param calibrationError expected calibration error
 * @param brierScore mean squared error of the probabilities
 * @param hammingLoss share of labels predicted wrong, of samples with several
 * @param rmse root of the mean squared error of a regression
 * @param mae mean absolute error of a regression
 * @param r2 coefficient of determination of a regression
 * @param classes one by one, at most {@link ClassCounts#MAX_LISTED}
 */
public record ScoreReport(
        double macroPrecision,
        double macroRecall,
        double macroF1,
        double calibrationError,
        double brierScore,
        double hammingLoss,
        double rmse,
        double mae,
        double r2,
        List<ClassReport> classes) {

    /** @param names words for the classes 0, 1, ...; may be fewer */
    static ScoreReport of(Outcomes window, List<String> names) {
        ClassCounts classes = window.classes();
        return new ScoreReport(
                classes.macroPrecision(),
                classes.macroRecall(),
                classes.macroF1(),
                window.calibration().error(),
                window.calibration().brierScore(),
                window.hammingLoss(),
                window.errors().rmse(),
                window.errors().mae(),
                window.errors().r2(),
                classes.table().stream()
                        .map(score -> ClassReport.of(score, names))
                        .toList());
    }
}
