package dev.millrace.pipeline;

import dev.millrace.model.batchsize.BatchSizeBounds;
import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.ControllerSettings;
import dev.millrace.model.batchsize.FixedBatchSize;
import dev.millrace.model.batchsize.GrowOnPlateau;
import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.Engines;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.BatchConfig;
import dev.millrace.pipeline.config.Reduction;
import dev.millrace.pipeline.config.StepConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.gradient.WorkerSettings;
import dev.millrace.pipeline.server.ServerSettings;
import java.util.Map;
import java.util.TreeMap;

/** What a configuration means for each station. */
public record Plan(TrainingConfig config, ModelSpec spec) {

    /** Reads the model of a configuration. */
    public static Plan of(TrainingConfig config) {
        return new Plan(config, ModelSpec.of(config.model()));
    }

    EngineFactory engines() {
        return Engines.factory(config.training().engine().name());
    }

    WorkerSettings worker() {
        return new WorkerSettings(config.training().staleness(), config.batch().microBatch(spec));
    }

    BatchSizeController batchSize() {
        BatchConfig batch = config.batch();
        return switch (batch.policy()) {
            case FIXED -> BatchSizeController.of(new FixedBatchSize(batch.size()));
            case LOSS_PLATEAU -> {
                BatchSizeBounds bounds = new BatchSizeBounds(batch.min(), batch.max());
                yield new BatchSizeController(
                        new GrowOnPlateau(
                                bounds,
                                batch.size(),
                                batch.plateau().factor(),
                                batch.plateau().window(),
                                batch.plateau().tolerance(),
                                batch.plateau().cooldown()),
                        ControllerSettings.recommended(bounds).withDeadBand(0));
            }
        };
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
                batchSize(),
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
