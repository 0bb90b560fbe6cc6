package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeDecision;
import java.util.Locale;

/**
 * On what grounds the batch size was decided. Crosses Flink edges as a POJO.
 *
 * @param reason why the gradients call for the statistical size
 * @param statisticalSize what the gradients call for, samples
 * @param noiseScale gradient noise scale, samples; NaN while unknown
 * @param curvature u, learning rate times curvature; NaN while unknown
 * @param regime live or catch-up
 * @param bound what keeps the batch from its statistical size, or none
 * @param overloaded whether no batch keeps up within its limits
 * @param drifts drifts noticed since the model began
 * @param arrivalRate samples per second; NaN while unknown
 * @param lag samples that wait in the topics; NaN while unknown
 * @param syncSeconds fitted time of a step beside its samples, seconds; NaN while unknown
 * @param sampleSeconds fitted time of one sample, seconds; NaN while unknown
 */
public record BatchReport(
        String reason,
        double statisticalSize,
        double noiseScale,
        double curvature,
        String regime,
        String bound,
        boolean overloaded,
        long drifts,
        double arrivalRate,
        double lag,
        double syncSeconds,
        double sampleSeconds) {

    static BatchReport of(TrainingState state, Arrivals arrivals) {
        BatchSizeDecision decision = state.batchSize.decision();
        return new BatchReport(
                state.batchSize.reason(),
                decision.statisticalSize(),
                decision.noiseScale(),
                decision.curvature(),
                word(decision.regime()),
                word(decision.bound()),
                decision.alarm(),
                state.drifts,
                arrivals.rate(),
                arrivals.lag(),
                state.batchSize.stepTime().sync(),
                state.batchSize.stepTime().perSample());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
