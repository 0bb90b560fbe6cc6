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
 * @param oneClass whether all samples belong to one of two classes: a constant would have scored as well
 * @param finite whether all parameters are
 */
public record Evaluation(long samples, double loss, double accuracy, double auc, boolean oneClass, boolean finite) {

    /**
     * Condenses outcomes.
     *
     * @param outputs of the model, for one sample
     */
    public static Evaluation of(long samples, Outcomes outcomes, Loss loss, int outputs, boolean finite) {
        boolean binary = loss == Loss.BINARY_CROSSENTROPY && outputs == 1;
        boolean oneClass = binary && outcomes.weight() > 0 && Double.isNaN(outcomes.auc());
        return new Evaluation(samples, outcomes.loss(), outcomes.accuracy(), outcomes.auc(), oneClass, finite);
    }
}
