package dev.millrace.pipeline.server;

import dev.millrace.pipeline.control.Outcome;
import java.util.List;

/**
 * What the parameter server says of its training since the last report. Crosses Flink edges as a POJO.
 *
 * @param time when the report was made, milliseconds since the epoch
 * @param version version of the parameters after the last step
 * @param incarnation which life of the server speaks
 * @param steps steps closed since the model began
 * @param totalSamples samples learnt from since the model began
 * @param samples samples since the last report
 * @param seconds wall time since the last report
 * @param loss weighted mean prequential loss since the last report
 * @param windowLoss prequential loss over the metric window
 * @param fadingLoss prequential loss, exponentially fading
 * @param accuracy prequential accuracy over the metric window, of several labels that of the whole set; NaN for regression
 * @param auc prequential area under the ROC curve over the metric window; NaN unless binary
 * @param scores what else the metric window says
 * @param batchSize global batch size asked for
 * @param batch on what grounds
 * @param learningRate of the last step
 * @param gradientNorm 2-norm of the last mean gradient, before clipping
 * @param staleGradients gradients of an older version, since the model began
 * @param refusedSteps steps refused because they were not finite, since the model began
 * @param maxEventTime newest event time learnt from, milliseconds since the epoch
 * @param commands handled since the last report
 * @param aliases which versions are champion and candidate, and why
 */
public record StepReport(
        String model,
        long time,
        long version,
        long incarnation,
        long steps,
        long totalSamples,
        long samples,
        double seconds,
        double loss,
        double windowLoss,
        double fadingLoss,
        double accuracy,
        double auc,
        ScoreReport scores,
        int batchSize,
        BatchReport batch,
        double learningRate,
        double gradientNorm,
        long staleGradients,
        long refusedSteps,
        long maxEventTime,
        List<Outcome> commands,
        AliasReport aliases) {}
