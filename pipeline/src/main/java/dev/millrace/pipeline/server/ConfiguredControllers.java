package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.AnnealedProgress;
import dev.millrace.model.batchsize.BatchSizeBounds;
import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.BatchSizePolicy;
import dev.millrace.model.batchsize.BestProgress;
import dev.millrace.model.batchsize.ControllerSettings;
import dev.millrace.model.batchsize.CoupledSize;
import dev.millrace.model.batchsize.FixedBatchSize;
import dev.millrace.model.batchsize.Goodput;
import dev.millrace.model.batchsize.GrowOnPlateau;
import dev.millrace.model.batchsize.GrowOnSettling;
import dev.millrace.model.batchsize.NoiseScaleSize;
import dev.millrace.model.batchsize.NormTest;
import dev.millrace.model.batchsize.ProportionalSize;
import dev.millrace.model.batchsize.Regimes;
import dev.millrace.model.optimizer.Optimizer;
import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.optimizer.Sgd;
import dev.millrace.pipeline.config.BatchConfig;
import dev.millrace.pipeline.config.BatchPolicy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Controllers of a configuration.
 *
 * @param optimizer subtree {@code optimizer}: how the learning rate follows the batch depends on it
 * @param parameters of the model
 */
public record ConfiguredControllers(BatchConfig batch, Map<String, @Nullable Object> optimizer, int parameters)
        implements Controllers {
    /** u, where no formula measures it: the update is not the gradient times the learning rate. */
    private static final double UNMEASURED_CURVATURE = 0.25;

    @Override
    public BatchSizeController of(Overrides overrides) {
        Integer pinned = overrides.pinnedSize();
        if (pinned != null) return Controllers.fixed(pinned);
        BatchPolicy named = BatchPolicy.named(overrides.policy());
        BatchPolicy policy = named == null ? batch.policy() : named;
        if (policy == BatchPolicy.FIXED) return Controllers.fixed(batch.size());
        Integer min = overrides.min();
        Integer max = overrides.max();
        BatchSizeBounds bounds = new BatchSizeBounds(min == null ? batch.min() : min, max == null ? batch.max() : max);
        return new BatchSizeController(policy(policy, bounds), limits(policy, bounds));
    }

    private BatchSizePolicy policy(BatchPolicy policy, BatchSizeBounds bounds) {
        BatchConfig.Plateau plateau = batch.plateau();
        BatchConfig.Adaptive adaptive = batch.adaptive();
        return switch (policy) {
            case FIXED -> new FixedBatchSize(batch.size());
            case SCHEDULE -> new ProportionalSize(adaptive.scheduleUpdates());
            case LOSS_PLATEAU ->
                new GrowOnPlateau(
                        bounds,
                        bounds.clamp(batch.size()),
                        plateau.factor(),
                        plateau.window(),
                        plateau.tolerance(),
                        plateau.cooldown());
            case NORM_TEST -> new NormTest(adaptive.squaredTolerance());
            case CABS -> new CoupledSize(adaptive.lossFloor());
            case NOISE_SCALE -> new NoiseScaleSize();
            case GOODPUT -> new Goodput();
            case PROGRESS -> new BestProgress();
            case ANNEALED -> new AnnealedProgress(adaptive.updatesLive(), adaptive.updatesCatchUp());
            case AUTO -> GrowOnSettling.of(parameters);
        };
    }

    private ControllerSettings limits(BatchPolicy policy, BatchSizeBounds bounds) {
        ControllerSettings settings = ControllerSettings.recommended(bounds)
                .withRegimes(new Regimes(bounds.clamp(batch.size()), true, Double.NaN))
                .withMaxAge(batch.maxAge().toMillis() / 1e3);
        if (policy == BatchPolicy.LOSS_PLATEAU) settings = settings.withDeadBand(0);
        Optimizer made = OptimizerSpec.of(optimizer).optimizer();
        return made.normalizes()
                ? settings.forAdaptiveOptimizer()
                : made instanceof Sgd ? settings : settings.withCurvature(UNMEASURED_CURVATURE);
    }
}
