package dev.millrace.pipeline;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.BatchConfig;
import dev.millrace.pipeline.config.ChallengerConfig;
import dev.millrace.pipeline.config.PublishConfig;
import dev.millrace.pipeline.config.RecordMapping;
import dev.millrace.pipeline.config.Reduction;
import dev.millrace.pipeline.config.StepConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.device.ChosenEngines;
import dev.millrace.pipeline.gradient.EngineAssignment;
import dev.millrace.pipeline.gradient.WorkerSettings;
import dev.millrace.pipeline.publish.LiveTopic;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.publish.VersionsOnTopic;
import dev.millrace.pipeline.server.BatchSettings;
import dev.millrace.pipeline.server.ChallengerSettings;
import dev.millrace.pipeline.server.ConfiguredControllers;
import dev.millrace.pipeline.server.LiveSettings;
import dev.millrace.pipeline.server.PublicationSettings;
import dev.millrace.pipeline.server.PublishedVersions;
import dev.millrace.pipeline.server.Recipe;
import dev.millrace.pipeline.server.ServerSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a configuration means for each station. */
public record Plan(TrainingConfig config, ModelSpec spec) {
    /** Reads the model of a configuration. */
    public static Plan of(TrainingConfig config) {
        return new Plan(config, ModelSpec.of(config.model()));
    }

    EngineAssignment engines() {
        return ChosenEngines.of(
                config.training().engine(), config.cuda(), config.batch().micro());
    }

    WorkerSettings worker() {
        return new WorkerSettings(config.training().staleness(), config.batch().microBatch(specs()), withNorms());
    }

    /** The model, and that of a challenger. */
    private List<ModelSpec> specs() {
        ChallengerConfig challenger = config.challenger();
        return challenger == null ? List.of(spec) : List.of(spec, ModelSpec.of(challenger.model()));
    }

    /** Whether it reads commands; without end they would keep a bounded job from ending. */
    boolean controlled() {
        return config.control().topic() != null && !config.source().bounded();
    }

    /** With commands any policy may come that the reduction allows. */
    private boolean withNorms() {
        return config.batch().policy().needsNorms()
                || (controlled() && config.training().reduction() == Reduction.MEAN);
    }

    private BatchSettings batch(Map<String, @Nullable Object> optimizer, ModelSpec of) {
        BatchConfig batch = config.batch();
        BatchConfig.Adaptive adaptive = batch.adaptive();
        return new BatchSettings(
                new ConfiguredControllers(
                        batch, new TreeMap<>(optimizer), of.layout().size()),
                batch.min(),
                batch.max(),
                withNorms(),
                adaptive.drift(),
                adaptive.resetOptimizer());
    }

    ServerSettings server() {
        ChallengerConfig challenger = config.challenger();
        ServerSettings alone = alone();
        return challenger == null ? alone : alone.challengedBy(challenger(challenger));
    }

    private ChallengerSettings challenger(ChallengerConfig challenger) {
        ModelSpec model = ModelSpec.of(challenger.model());
        Recipe recipe = new Recipe(
                model.toJson(),
                challenger.ownModel() ? null : config.training().initialParameters(),
                new TreeMap<>(challenger.optimizer()),
                new TreeMap<>(challenger.learningRate()),
                batch(challenger.optimizer(), model),
                provenance(challenger.optimizer(), challenger.learningRate()));
        return new ChallengerSettings(challenger.name(), recipe, challenger.rule(), challenger.directory());
    }

    private ServerSettings alone() {
        StepConfig training = config.training();
        return new ServerSettings(
                spec.name(),
                spec.toJson(),
                training.initialParameters(),
                training.acceptChangedModel(),
                config.source().topics(),
                training.seed(),
                new TreeMap<>(config.optimizer()),
                new TreeMap<>(config.learningRate()),
                batch(config.optimizer(), spec),
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
                provenance(config.optimizer(), config.learningRate()),
                features(),
                publication(),
                null);
    }

    private PublicationSettings publication() {
        PublishConfig publish = config.publish();
        return new PublicationSettings(
                publish.gate(), publish.retainedVersions(), publish.directory(), onTopic(publish), live(publish));
    }

    private @Nullable PublishedVersions onTopic(PublishConfig publish) {
        SnapshotTopics topics = SnapshotTopics.of(publish);
        return topics == null ? null : new VersionsOnTopic(config.kafka(), topics);
    }

    private @Nullable LiveSettings live(PublishConfig publish) {
        String topic = publish.liveTopic();
        if (topic == null) return null;
        LiveTopic outlet = new LiveTopic(config.kafka().sink(), topic, spec.name(), features(), publish.maxPartBytes());
        return new LiveSettings(outlet, publish.liveInterval().toMillis());
    }

    private @Nullable String features() {
        RecordMapping mapping = config.features();
        return mapping == null ? null : mapping.features();
    }

    private Map<String, String> provenance(
            Map<String, @Nullable Object> optimizer, Map<String, @Nullable Object> learningRate) {
        Map<String, String> provenance = new TreeMap<>();
        provenance.put("configuration", config.hash());
        provenance.put("engine.configured", config.training().engine().name().toLowerCase(Locale.ROOT));
        provenance.put("optimizer", optimizer.toString());
        provenance.put("learningRate", learningRate.toString());
        provenance.put("code", "millrace " + Build.version());
        Build.libraries().forEach((name, version) -> provenance.put("library." + name, version));
        provenance.put("java", System.getProperty("java.version", ""));
        provenance.put("os", System.getProperty("os.name", "") + " " + System.getProperty("os.arch", ""));
        return provenance;
    }
}
