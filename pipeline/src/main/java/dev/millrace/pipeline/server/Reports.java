package dev.millrace.pipeline.server;

import dev.millrace.model.metric.Outcomes;
import dev.millrace.pipeline.control.Outcome;
import java.util.List;

/** Writes reports. */
final class Reports {
    private Reports() {}

    static StepReport of(
            String model,
            long incarnation,
            Trainer trainer,
            Arrivals arrivals,
            ReportWindow window,
            long nowNanos,
            long time,
            List<String> classes,
            List<Outcome> commands,
            AliasNews news) {
        TrainingState state = trainer.state();
        Outcomes metrics = state.metrics.window();
        return new StepReport(
                model,
                time,
                state.version,
                incarnation,
                state.steps,
                state.totalSamples,
                window.samples,
                window.seconds(nowNanos),
                window.loss(),
                metrics.loss(),
                state.metrics.fadingLoss(),
                metrics.accuracy(),
                metrics.auc(),
                ScoreReport.of(metrics, classes),
                state.batchSize.batchSize(),
                BatchReport.of(state, arrivals),
                trainer.learningRate(),
                trainer.gradientNorm(),
                state.staleGradients,
                state.refusedSteps,
                state.maxEventTime,
                commands,
                news.take(state.standing));
    }
}
