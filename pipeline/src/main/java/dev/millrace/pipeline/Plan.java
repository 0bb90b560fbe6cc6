package dev.millrace.pipeline;

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
import dev.millrace.model.drift.DriftKind;
import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.Engines;
import dev.millrace.model.optimizer.Adam;
import dev.millrace.model.optimizer.Optimizer;
import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.optimizer.Sgd;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.BatchConfig;
import dev.millrace.pipeline.config.BatchPolicy;
import dev.millrace.pipeline.config.Reduction;
import dev.millrace.pipeline.config.StepConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.gradient.WorkerSettings;
import dev.millrace.pipeline.server.BatchSettings;
import dev.millrace.pipeline.server.ServerSettings;
import java.util.Map;
import java.util.TreeMap;

/** What a configuration means for each station. */
public record Plan(TrainingConfig config, ModelSpec spec) {
    /** u, where no formula measures it: the update is not the gradient times the learning rate. */
    private static final double UNMEASURED_CURVATURE = 0.25;

    /** Reads the model of a configuration. */
    public static Plan of(TrainingConfig config) {
        return new Plan(config, ModelSpec.of(config.model()));
    }

    EngineFactory engines() {
        return Engines.factory(config.training().engine().name());
    }

    WorkerSettings worker() {
        return new WorkerSettings(
                config.training().staleness(),
                config.batch().microBatch(spec),
                config.batch().policy().needsNorms());
    }

    BatchSettings batch() {
        BatchConfig batch = config.batch();
        BatchConfig.Adaptive adaptive = batch.adaptive();
        BatchSizeController controller = new BatchSizeController(policy(), limits());
        boolean fixed = batch.policy() == BatchPolicy.FIXED;
        return new BatchSettings(
                controller,
                batch.policy().needsNorms(),
                fixed ? DriftKind.NONE : adaptive.drift(),
                adaptive.resetOptimizer());
    }

    private BatchSizePolicy policy() {
        BatchConfig batch = config.batch();
        BatchConfig.Plateau plateau = batch.plateau();
        BatchConfig.Adaptive adaptive = batch.adaptive();
        return switch (batch.policy()) {
            case FIXED -> new FixedBatchSize(batch.size());
            case SCHEDULE -> new ProportionalSize(adaptive.scheduleUpdates());
            case LOSS_PLATEAU ->
                new GrowOnPlateau(
                        new BatchSizeBounds(batch.min(), batch.max()),
                        batch.size(),
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
            case AUTO -> new GrowOnSettling();
        };
    }

    private ControllerSettings limits() {
        BatchConfig batch = config.batch();
        if (batch.policy() == BatchPolicy.FIXED) {
            return ControllerSettings.recommended(new BatchSizeBounds(1, Integer.MAX_VALUE));
        }
        ControllerSettings settings = ControllerSettings.recommended(new BatchSizeBounds(batch.min(), batch.max()))
                .withRegimes(new Regimes(batch.size(), true, Double.NaN))
                .withMaxAge(batch.maxAge().toMillis() / 1e3);
        if (batch.policy() == BatchPolicy.LOSS_PLATEAU) settings = settings.withDeadBand(0);
        Optimizer optimizer = OptimizerSpec.of(config.optimizer()).optimizer();
        return optimizer instanceof Adam
                ? settings.forAdaptiveOptimizer()
                : optimizer instanceof Sgd ? settings : settings.withCurvature(UNMEASURED_CURVATURE);
    }

    ServerSettings server() {
        StepConfig training = config.training();
        return new ServerSettings(
                spec.name(),
                spec.toJson(),
                config.source().topics(),
                training.seed(),
                new TreeMap<>(config.optimizer()),
                new TreeMap<>(config.learningRate()),
                batch(),
                training.reduction() == Reduction.SUM,
                training.staleness() == WorkerSettings.UNBOUNDED,
                training.stepDeadline().toMillis(),
                training.maxConsecutiveRefusals(),
                config.metrics().window(),
                config.metrics().fading(),
                config.report().interval().toMillis(),
                config.report().samples(),
                config.publish().interval().toMillis(),
                config.publish().maxPartBytes(),
                provenance());
    }

    private Map<String, String> provenance() {
        Map<String, String> provenance = new TreeMap<>();
        provenance.put("configuration", config.hash());
        provenance.put("engine", config.training().engine().name());
        provenance.put("optimizer", config.optimizer().toString());
        provenance.put("learningRate", config.learningRate().toString());
        provenance.put("java", System.getProperty("java.version", ""));
        provenance.put("os", System.getProperty("os.name", "") + " " + System.getProperty("os.arch", ""));
        return provenance;
    }
}
