package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.drift.DriftDetectors;
import dev.millrace.model.drift.DriftSettings;
import dev.millrace.model.metric.PrequentialMetrics;
import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.schedule.LearningRateSchedules;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.TouchedRows;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a trainer of the configuration and what a checkpoint held. */
final class Trainers {
    private static final Logger LOG = LoggerFactory.getLogger(Trainers.class);

    private Trainers() {}

    /**
     * Makes a trainer.
     *
     * @param restored from a checkpoint, or null for a model that begins
     * @param controlled whether commands may come; what they changed before is undone where none can change it back
     * @throws IllegalStateException if the checkpoint belongs to another model
     */
    static Trainer create(ServerSettings settings, @Nullable TrainingState restored, boolean controlled) {
        ModelSpec spec = ModelSpec.fromJson(settings.modelJson());
        UpdateRule rule = OptimizerSpec.of(settings.optimizer()).rule(spec);
        if (restored != null) restored.overrides = allowed(settings, restored.overrides, controlled);
        BatchSizeController batchSize =
                settings.batch().controllers().of(restored == null ? Overrides.NONE : restored.overrides);
        TrainingState state = restored == null
                ? initial(settings, spec, rule, batchSize)
                : carryOver(settings, spec, rule, batchSize, restored);
        int wanted = settings.batch().withNorms() ? state.parameters.length : 0;
        if (state.gradientBefore.length != wanted) {
            state.gradientBefore = new float[wanted];
            Arrays.fill(state.gradientBefore, Float.NaN); // unknown, and so is its product with the next
            state.rowsBefore = wanted == 0 ? new TouchedRows[0] : state.touched();
        }
        if (batchSize.startsDistance(state.batchSize)) state.anchor();
        DriftSettings drift = settings.batch().drift(batchSize);
        return new Trainer(
                state,
                rule,
                spec.moments(),
                LearningRateSchedules.of(settings.learningRate()),
                settings.batch(),
                batchSize,
                state.drift.length == 0 ? DriftDetectors.create(drift) : DriftDetectors.restore(drift, state.drift),
                settings.sumReduction() ? Trainer.Reduction.SUM : Trainer.Reduction.MEAN);
    }

    private static Overrides allowed(ServerSettings settings, Overrides restored, boolean controlled) {
        Overrides allowed = controlled ? new Commands(settings).allowed(restored) : Overrides.NONE;
        if (!allowed.equals(restored)) {
            LOG.warn(
                    "{}: commands had changed {}; with this configuration it is {}",
                    settings.model(),
                    restored,
                    allowed);
        }
        return allowed;
    }

    private static TrainingState initial(
            ServerSettings settings, ModelSpec spec, UpdateRule rule, BatchSizeController batchSize) {
        float[] all = InitialParameters.of(settings, spec);
        ParameterLayout layout = spec.layout();
        float[] parameters = Arrays.copyOf(all, layout.denseSize());
        TrainingState state = new TrainingState(
                settings.modelJson(),
                rule.kind(),
                parameters,
                rule.init(parameters.length),
                rule.tables(layout, all),
                batchSize.init(),
                new PrequentialMetrics(settings.metricWindowSamples(), settings.metricFading()));
        state.topics = settings.topics();
        state.features = Objects.requireNonNullElse(settings.features(), "");
        return state;
    }

    /** Mini-batches that are on their way name a topic by its place: the list may grow or shrink at its end alone. */
    private static List<String> topics(List<String> before, ServerSettings settings) {
        List<String> now = settings.topics();
        int common = Math.min(before.size(), now.size());
        if (!before.subList(0, common).equals(now.subList(0, common))) {
            throw new IllegalStateException(
                    settings.model() + ": source.topics must begin with those of the checkpoint, in"
                            + " their order; new ones go behind them. Then: " + before + ". Configured: " + now
                            + ". List them so, or start without the checkpoint.");
        }
        return before.size() > now.size() ? before : now;
    }

    private static TrainingState carryOver(
            ServerSettings settings,
            ModelSpec spec,
            UpdateRule rule,
            BatchSizeController batchSize,
            TrainingState restored) {
        ModelMatch.adopt(restored, settings, spec);
        restored.topics = topics(restored.topics, settings);
        restored.batchSize = batchSize.resume(restored.batchSize);
        if (restored.optimizer.equals(rule.kind())) return restored;
        LOG.warn("The optimizer was {} and is {}: its state begins anew", restored.optimizer, rule.kind());
        restored.optimizer = rule.kind();
        restored.beginOptimizer(rule);
        return restored;
    }
}
