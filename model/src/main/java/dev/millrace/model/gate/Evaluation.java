package dev.millrace.model.gate;

import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.spec.Loss;

/**
 * What was measured of a version: prequential metrics of the newest samples up to it, each scored before it was learnt
 * from.
 *
 * @param samples that were scored
 * @param loss weighted mean; NaN without weight
 * @param accuracy weighted share predicted right; NaN for regression
 * @param auc area under the ROC curve; NaN unless binary with both classes
 * @param oneClass whether all samples belong to one of the classes: a constant would have scored as well
 * @param finite whether all parameters are
 */
public record Evaluation(long samples, double loss, double accuracy, double auc, boolean oneClass, boolean finite) {

    /**
     * Condenses outcomes.
     *
     * @param outputs of the model, for one sample
     */
    public static Evaluation of(long samples, Outcomes outcomes, Loss loss, int outputs, boolean finite) {
        boolean classes = loss == Loss.CATEGORICAL_CROSSENTROPY || (loss != Loss.MEAN_SQUARED_ERROR && outputs == 1);
        boolean oneClass = classes && outcomes.classes().populated() == 1;
        return new Evaluation(samples, outcomes.loss(), outcomes.accuracy(), outcomes.auc(), oneClass, finite);
    }
}
