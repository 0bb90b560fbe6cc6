package dev.millrace.pipeline.config;

import dev.millrace.model.drift.DriftKind;
import dev.millrace.model.engine.cuda.Precision;
import dev.millrace.model.gate.GateMetric;
import dev.millrace.pipeline.files.Places;
import dev.millrace.schemas.wire.WireFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/**
 * Every option of a training job: key, type, default, constraint and description, here and nowhere else.
 *
 * <p>The reference table in {@code deploy/CONFIGURATION.md} is made from this class.
 */
public final class TrainingOptions {
    private static final List<Setting<?>> ALL = new ArrayList<>();

    // Model -----------------------------------------------------------------------------------------------------------

    public static final ConfigOption<String> MODEL_FILE = optional(
            "model.file",
            ValueType.TEXT,
            null,
            "YAML or JSON file with the model, instead of a model section; relative to the configuration file.");

    // Kafka -----------------------------------------------------------------------------------------------------------

    public static final ConfigOption<String> KAFKA_BOOTSTRAP_SERVERS = required(
            "kafka.bootstrap.servers",
            ValueType.TEXT,
            new Constraint<>("with host:port, several by commas", TrainingOptions::isAddressList),
            "Brokers to find the cluster by.");

    // Source ----------------------------------------------------------------------------------------------------------

    public static final ConfigOption<List<String>> SOURCE_TOPICS = required(
            "source.topics",
            ValueType.NAMES,
            new Constraint<>("with at least one, none empty", names -> isNamed(names)),
            "Topics with labeled samples. A job that goes on from a checkpoint knows them by their place: new ones go"
                    + " behind them.");
    public static final ConfigOption<String> SOURCE_GROUP_ID = optional(
            "source.group-id",
            ValueType.TEXT,
            null,
            "Consumer group that offsets are committed for, to be watched; the job itself restores from its"
                    + " checkpoints. Unset: millrace-<model name>.");
    public static final ConfigOption<StartingOffsets> SOURCE_STARTING_OFFSETS = option(
            "source.starting-offsets",
            ValueType.oneOf(StartingOffsets.class),
            StartingOffsets.EARLIEST,
            null,
            "Where a job without a checkpoint begins to read. committed falls back to earliest.");
    public static final ConfigOption<LostOffsets> SOURCE_OFFSETS_OUT_OF_RANGE = option(
            "source.offsets-out-of-range",
            ValueType.oneOf(LostOffsets.class),
            LostOffsets.FAIL,
            null,
            "What a job does whose next records the topic no longer holds, as retention was shorter than the job was away"
                    + " or behind, or the topic was made anew: stop and say so, or go on at the oldest record, or at the"
                    + " end. The model is kept.");
    public static final ConfigOption<WireFormat> SOURCE_WIRE_FORMAT = option(
            "source.wire-format",
            ValueType.oneOf(WireFormat.class),
            WireFormat.RAW,
            null,
            "What stands before the Avro bytes of a sample: nothing, Confluent's 0x00 and schema id, or Avro's"
                    + " single-object marker and fingerprint.");
    public static final ConfigOption<String> SOURCE_SCHEMA_DIRECTORY = optional(
            "source.schema-directory",
            ValueType.TEXT,
            null,
            "Directory with further writer schemas (<id>.avsc for confluent), beside those shipped.");
    public static final ConfigOption<String> SOURCE_SCHEMA = optional(
            "source.schema",
            ValueType.TEXT,
            null,
            "Avro schema file (.avsc) of your own records, for the features section to map; relative to the configuration"
                    + " file. Records of other writers are resolved to it.");
    public static final ConfigOption<String> SOURCE_SCHEMA_REGISTRY_URL = optional(
            "source.schema-registry.url",
            ValueType.TEXT,
            new Constraint<>("that begins with http:// or https://", url -> url.matches("https?://[^\\s@]+")),
            "Schema registry that is asked for writer schemas by id (Confluent's REST protocol), where"
                    + " source.wire-format is confluent.");
    public static final ConfigOption<String> SOURCE_SCHEMA_REGISTRY_USER =
            optional("source.schema-registry.user", ValueType.TEXT, null, "User of the registry, with a password.");
    public static final ConfigOption<String> SOURCE_SCHEMA_REGISTRY_PASSWORD =
            optional("source.schema-registry.password", ValueType.TEXT, null, "Password of the user.");
    public static final ConfigOption<String> SOURCE_SCHEMA_REGISTRY_TOKEN = optional(
            "source.schema-registry.token", ValueType.TEXT, null, "Bearer token for the registry, instead of a user.");
    public static final ConfigOption<Duration> SOURCE_SCHEMA_REGISTRY_TIMEOUT = option(
            "source.schema-registry.timeout",
            ValueType.DURATION,
            Duration.ofSeconds(5),
            positive(),
            "How long the registry may take to answer.");
    public static final ConfigOption<Integer> SOURCE_SCHEMA_REGISTRY_RETRIES = option(
            "source.schema-registry.retries",
            ValueType.INTEGER,
            5,
            between(0, 20),
            "How often a request is repeated that the registry could not answer, with pauses that double from 200 ms up"
                    + " to 10 s; then the job fails over.");
    public static final ConfigOption<String> SOURCE_SCHEMA_REGISTRY_TRUSTSTORE = optional(
            "source.schema-registry.truststore.location",
            ValueType.TEXT,
            null,
            "JKS or PKCS12 file of the certificates that are trusted. Unset: those of the JVM.");
    public static final ConfigOption<String> SOURCE_SCHEMA_REGISTRY_TRUSTSTORE_PASSWORD =
            optional("source.schema-registry.truststore.password", ValueType.TEXT, null, "Password of the truststore.");
    public static final ConfigOption<Duration> SOURCE_PARTITION_DISCOVERY_INTERVAL = option(
            "source.partition-discovery-interval",
            ValueType.DURATION,
            Duration.ofSeconds(30),
            positive(),
            "How often new partitions are looked for.");
    public static final ConfigOption<Boolean> SOURCE_BOUNDED = option(
            "source.bounded",
            ValueType.FLAG,
            false,
            null,
            "Train up to the present end of the topics, publish and stop.");

    // Samples ---------------------------------------------------------------------------------------------------------

    public static final ConfigOption<MemorySize> SAMPLE_MAX_BYTES = option(
            "sample.max-bytes",
            ValueType.SIZE,
            MemorySize.ofMebiBytes(1),
            sizeBetween("1 b", "64 mb"),
            "Larger records are refused before they are decoded.");
    public static final ConfigOption<Duration> SAMPLE_MAX_FUTURE = option(
            "sample.max-future",
            ValueType.DURATION,
            Duration.ofHours(1),
            positive(),
            "How far the event time of a sample may lie ahead of the clock.");

    // Batch size ------------------------------------------------------------------------------------------------------

    public static final ConfigOption<Integer> BATCH_SIZE = option(
            "batch.size",
            ValueType.INTEGER,
            32,
            between(1, 1 << 20),
            "Samples of the first step, over all workers; of every step where the policy is fixed. 1 is plain"
                    + " stochastic gradient descent.");
    public static final ConfigOption<BatchPolicy> BATCH_POLICY = option(
            "batch.policy",
            ValueType.oneOf(BatchPolicy.class),
            BatchPolicy.AUTO,
            null,
            "Who decides the size of the next batch. fixed: nobody. schedule: a constant fraction of the samples learnt"
                    + " from. loss-plateau: grows when the loss has settled. norm-test, cabs, noise-scale, goodput,"
                    + " progress: by the gradient's noise. annealed: schedule, but no larger than progress asks for."
                    + " auto: grows when the parameters have settled, shrinks while they travel.");
    public static final ConfigOption<Integer> BATCH_MIN = option(
            "batch.min", ValueType.INTEGER, 1, between(1, 1 << 20), "Smallest batch that the policy may ask for.");
    public static final ConfigOption<Integer> BATCH_MAX = option(
            "batch.max", ValueType.INTEGER, 4096, between(1, 1 << 20), "Largest batch that the policy may ask for.");
    public static final ConfigOption<Integer> BATCH_PLATEAU_WINDOW = option(
            "batch.plateau.window",
            ValueType.INTEGER,
            100,
            between(2, 1_000_000),
            "loss-plateau: steps in a window; its mean loss is compared with the median of the three windows before.");
    public static final ConfigOption<Double> BATCH_PLATEAU_TOLERANCE = option(
            "batch.plateau.tolerance",
            ValueType.NUMBER,
            0.01,
            new Constraint<>(">= 0 and < 1", value -> value >= 0 && value < 1),
            "loss-plateau: relative fall of the mean loss below which it counts as settled.");
    public static final ConfigOption<Double> BATCH_PLATEAU_FACTOR = option(
            "batch.plateau.factor",
            ValueType.NUMBER,
            2.0,
            new Constraint<>("> 1 and <= 16", value -> value > 1 && value <= 16),
            "loss-plateau: what the batch size is multiplied by.");
    public static final ConfigOption<Integer> BATCH_PLATEAU_COOLDOWN = option(
            "batch.plateau.cooldown",
            ValueType.INTEGER,
            100,
            between(0, 1_000_000),
            "loss-plateau: steps after a change before the next.");
    public static final ConfigOption<Double> BATCH_ANNEALED_UPDATES_LIVE = option(
            "batch.annealed.updates-live",
            ValueType.NUMBER,
            64.0,
            between(1.0, 1e6),
            "annealed: the batch is the samples learnt from since the last drift, divided by this, while the stream is"
                    + " followed. 128 to 200 suit a deep net far from its lowest loss.");
    public static final ConfigOption<Double> BATCH_ANNEALED_UPDATES_CATCH_UP = option(
            "batch.annealed.updates-catch-up",
            ValueType.NUMBER,
            32.0,
            between(1.0, 1e6),
            "annealed: the same while a backlog is worked off.");
    public static final ConfigOption<Double> BATCH_SCHEDULE_UPDATES = option(
            "batch.schedule.updates",
            ValueType.NUMBER,
            128.0,
            between(1.0, 1e6),
            "schedule: the batch is the samples learnt from since the last drift, divided by this.");
    public static final ConfigOption<Double> BATCH_NORM_TEST_SQUARED_TOLERANCE = option(
            "batch.norm-test.squared-tolerance",
            ValueType.NUMBER,
            4.0,
            between(1e-6, 1e6),
            "norm-test: largest variance of the mean gradient, in its squared norm.");
    public static final ConfigOption<Double> BATCH_CABS_LOSS_FLOOR = option(
            "batch.cabs.loss-floor",
            ValueType.NUMBER,
            0.0,
            between(-1e6, 1e6),
            "cabs: smallest loss that can be reached; with label noise it is above 0.");
    public static final ConfigOption<DriftKind> BATCH_DRIFT_DETECTOR = option(
            "batch.drift.detector",
            ValueType.oneOf(DriftKind.class),
            DriftKind.PAGE_HINKLEY,
            null,
            "What notices a drift of the stream; the batch then begins anew. Not used where the policy is fixed.");
    public static final ConfigOption<Boolean> BATCH_DRIFT_RESET_OPTIMIZER = option(
            "batch.drift.reset-optimizer",
            ValueType.FLAG,
            true,
            null,
            "Whether a drift begins the optimizer's state, such as Adam's moments, anew.");
    public static final ConfigOption<Duration> BATCH_MAX_AGE = option(
            "batch.max-age",
            ValueType.DURATION,
            Duration.ofSeconds(1),
            positive(),
            "A mini-batch is closed at this age even if it is not full, so that a slow stream is still learnt from.");
    public static final ConfigOption<MemorySize> BATCH_MEMORY_BUDGET = option(
            "batch.memory-budget",
            ValueType.SIZE,
            MemorySize.ofMebiBytes(64),
            sizeBetween("64 kb", "64 gb"),
            "Memory of one worker for the samples and activations that go through the engine at once. Larger"
                    + " mini-batches are accumulated in micro-batches that fit.");
    public static final ConfigOption<Integer> BATCH_MICRO = optional(
            "batch.micro",
            ValueType.INTEGER,
            between(1, 1 << 20),
            "Samples that go through the engine at once. Unset: what fits batch.memory-budget.");

    // Training --------------------------------------------------------------------------------------------------------

    public static final ConfigOption<String> TRAINING_STALENESS = option(
            "training.staleness",
            ValueType.TEXT,
            "0",
            new Constraint<>("that is unbounded or an integer >= 0", Staleness::isValid),
            "Steps that a worker may be ahead of its parameters: 0 is synchronous, n bounded, unbounded"
                    + " asynchronous.");
    public static final ConfigOption<Reduction> TRAINING_REDUCTION = option(
            "training.reduction",
            ValueType.oneOf(Reduction.class),
            Reduction.MEAN,
            null,
            "How the weighted gradients of one step become one.");
    public static final ConfigOption<Duration> TRAINING_STEP_DEADLINE = option(
            "training.step-deadline",
            ValueType.DURATION,
            Duration.ofSeconds(10),
            positive(),
            "A step is closed without the workers that have not answered for this long.");
    public static final ConfigOption<Integer> TRAINING_MAX_CONSECUTIVE_REFUSALS = option(
            "training.max-consecutive-refusals",
            ValueType.INTEGER,
            3,
            between(1, 1_000_000),
            "Steps in a row that may be refused because they are not finite before the job fails.");
    public static final ConfigOption<String> TRAINING_INITIAL_PARAMETERS = optional(
            "training.initial-parameters",
            ValueType.TEXT,
            null,
            "What a model without a checkpoint begins with: a directory of published snapshots, of which the current one"
                    + " counts, a .safetensors file with the model's tensors by name, or an .h5, .keras or .onnx file (FORMATS.md);"
                    + " as the task managers see it. Unset: the layers' initializers.");
    public static final ConfigOption<Boolean> TRAINING_ACCEPT_CHANGED_MODEL = option(
            "training.accept-changed-model",
            ValueType.FLAG,
            false,
            null,
            "Continue from a checkpoint though layers, inputs of features or classes have changed since and only their"
                    + " number is the same. Parameters keep what they learnt.");
    public static final ConfigOption<Long> TRAINING_SEED =
            option("training.seed", ValueType.LONG, 1L, null, "Seed of the initial parameters.");
    public static final ConfigOption<EngineChoice> TRAINING_ENGINE = option(
            "training.engine",
            ValueType.oneOf(EngineChoice.class),
            EngineChoice.AUTO,
            null,
            "What computes loss and gradient: the CPU (nd4j), a CUDA device of each worker (cuda; without one the job"
                    + " fails), or such a device where there is one and the CPU elsewhere (auto). See deploy/GPU.md.");
    public static final ConfigOption<Integer> TRAINING_WORKERS = option(
            "training.workers",
            ValueType.INTEGER,
            1,
            between(1, 1 << 15),
            "Parallel workers, one slot each; more than partitions stay idle.");

    // CUDA devices ----------------------------------------------------------------------------------------------------

    public static final ConfigOption<Precision> CUDA_PRECISION = option(
            "cuda.precision",
            ValueType.oneOf(Precision.class),
            Precision.FLOAT32,
            null,
            "What the factors of a product are rounded to on the device: float32 as on the CPU, or tf32 and bfloat16 for"
                    + " tensor cores. Parameters, sums and losses are float32 always.");
    public static final ConfigOption<Boolean> CUDA_DETERMINISTIC = option(
            "cuda.deterministic",
            ValueType.FLAG,
            true,
            null,
            "The same mini-batches give the same bits on the same device, as on the CPU. false is faster where samples"
                    + " share rows of a table.");
    public static final ConfigOption<Boolean> CUDA_CUDNN = option(
            "cuda.cudnn",
            ValueType.FLAG,
            true,
            null,
            "cuDNN computes convolutions where it is installed. false, or without it: they are products of patches.");
    public static final ConfigOption<MemorySize> CUDA_MEMORY_BUDGET = optional(
            "cuda.memory-budget",
            ValueType.SIZE,
            sizeBetween("16 mb", "1 tb"),
            "Memory of one worker on its device, parameters included. Unset: what is free at the start, or an equal part of the"
                    + " device where workers share it.");
    public static final ConfigOption<DeviceSharing> CUDA_SHARING = option(
            "cuda.sharing",
            ValueType.oneOf(DeviceSharing.class),
            DeviceSharing.EXCLUSIVE,
            null,
            "Whether workers of one TaskManager may share a device. exclusive: those for whom none is left fail (cuda) or"
                    + " compute on the CPU (auto).");
    public static final ConfigOption<String> CUDA_RESOURCE = option(
            "cuda.resource",
            ValueType.TEXT,
            "gpu",
            new Constraint<>("that is not empty", name -> !name.isBlank()),
            "Flink's external resource that says which devices a TaskManager has. Without such a resource a worker may"
                    + " have any device that its process sees.");

    // Metrics ---------------------------------------------------------------------------------------------------------

    public static final ConfigOption<Long> METRICS_WINDOW = option(
            "metrics.window",
            ValueType.LONG,
            10_000L,
            new Constraint<>(">= 1", value -> value >= 1),
            "Samples that windowed loss, accuracy and all other windowed metrics look back on.");
    public static final ConfigOption<Double> METRICS_FADING = option(
            "metrics.fading",
            ValueType.NUMBER,
            0.999,
            new Constraint<>("> 0 and < 1", value -> value > 0 && value < 1),
            "What the fading loss keeps of the past per sample.");

    // Checkpoints -----------------------------------------------------------------------------------------------------

    public static final ConfigOption<Duration> CHECKPOINT_INTERVAL = option(
            "checkpoint.interval",
            ValueType.DURATION,
            Duration.ofSeconds(10),
            new Constraint<>(">= 10 ms", value -> value.toMillis() >= 10),
            "Time between checkpoints. A version is published when its checkpoint completes, so this is also how"
                    + " fresh a published model is. Flink: execution.checkpointing.interval.");
    public static final ConfigOption<String> CHECKPOINT_DIRECTORY = optional(
            "checkpoint.directory",
            ValueType.TEXT,
            null,
            "Where checkpoints go, as a URI that every machine reaches. Unset: what the cluster says. Flink:"
                    + " execution.checkpointing.dir.");
    public static final ConfigOption<Boolean> CHECKPOINT_UNALIGNED = option(
            "checkpoint.unaligned",
            ValueType.FLAG,
            false,
            null,
            "Let checkpoint barriers overtake records in flight. Flink: execution.checkpointing.unaligned.enabled.");

    // Publication -----------------------------------------------------------------------------------------------------

    public static final ConfigOption<String> PUBLISH_SNAPSHOT_TOPIC = optional(
            "publish.snapshot-topic",
            ValueType.TEXT,
            null,
            "Topic for the parts of every published version. Needs publish.model-topic. Unset: not to Kafka.");
    public static final ConfigOption<String> PUBLISH_MODEL_TOPIC = optional(
            "publish.model-topic",
            ValueType.TEXT,
            null,
            "Compacted topic for the manifest of the newest version, keyed by model.");
    public static final ConfigOption<String> PUBLISH_DIRECTORY = optional(
            "publish.directory",
            ValueType.TEXT,
            notOfHdfs(),
            "Directory for versions/<version>/ and current.json: a path that every machine sees, or the URI of an object store"
                    + " that Flink has a file system for, such as s3://bucket/path. Unset: not to files.");
    public static final ConfigOption<Duration> PUBLISH_INTERVAL = option(
            "publish.interval",
            ValueType.DURATION,
            Duration.ZERO,
            new Constraint<>(">= 0", value -> !value.isNegative()),
            "Least time between published versions. 0 ms publishes at every checkpoint.");
    public static final ConfigOption<MemorySize> PUBLISH_MAX_PART_BYTES = option(
            "publish.max-part-bytes",
            ValueType.SIZE,
            MemorySize.parse("512 kb"),
            sizeBetween("1 kb", "4 mb"),
            "Size of one part of a snapshot; the topic's max.message.bytes must be larger.");
    public static final ConfigOption<Integer> PUBLISH_RETAINED_VERSIONS = option(
            "publish.retained-versions",
            ValueType.INTEGER,
            10,
            between(1, 1_000_000),
            "Versions kept in publish.directory; older ones are deleted, but never the champion and the one before it.");
    public static final ConfigOption<String> PUBLISH_LIVE_TOPIC = optional(
            "publish.live.topic",
            ValueType.TEXT,
            null,
            "Compacted topic for the parameters between checkpoints, which no checkpoint covers: fresh within a second, but"
                    + " a failure may take them back. Unset: none. See deploy/PUBLICATION.md.");
    public static final ConfigOption<Duration> PUBLISH_LIVE_INTERVAL = option(
            "publish.live.interval",
            ValueType.DURATION,
            Duration.ofMillis(250),
            new Constraint<>(">= 10 ms", value -> value.toMillis() >= 10),
            "Least time between two sets of live parameters.");
    public static final ConfigOption<GateMetric> PUBLISH_GATE_METRIC = option(
            "publish.gate.metric",
            ValueType.oneOf(GateMetric.class),
            GateMetric.LOSS,
            null,
            "By which metric a new version is compared with the champion.");
    public static final ConfigOption<Double> PUBLISH_GATE_MAX_REGRESSION = optional(
            "publish.gate.max-regression",
            ValueType.NUMBER,
            atLeastZero(),
            "How much worse than the champion's bar a new version may be and still become champion: of a loss relative"
                    + " (0.1: 10 %), of accuracy and AUC a difference. Without any publish.gate threshold nothing is"
                    + " promoted automatically. See deploy/PUBLICATION.md.");
    public static final ConfigOption<Double> PUBLISH_GATE_MAX_LOSS =
            optional("publish.gate.max-loss", ValueType.NUMBER, atLeastZero(), "Largest loss of a champion.");
    public static final ConfigOption<Double> PUBLISH_GATE_MIN_ACCURACY = optional(
            "publish.gate.min-accuracy", ValueType.NUMBER, between(0.0, 1.0), "Smallest accuracy of a champion.");
    public static final ConfigOption<Double> PUBLISH_GATE_MIN_AUC = optional(
            "publish.gate.min-auc",
            ValueType.NUMBER,
            between(0.0, 1.0),
            "Smallest area under the ROC curve of a champion.");
    public static final ConfigOption<Long> PUBLISH_GATE_MIN_SAMPLES = option(
            "publish.gate.min-samples",
            ValueType.LONG,
            1_000L,
            new Constraint<>(">= 1", value -> value >= 1),
            "The gate goes by the metrics of the newest samples, so many of them; with fewer it promotes nothing. At most"
                    + " metrics.window.");
    public static final ConfigOption<Duration> PUBLISH_GATE_MAX_AGE = option(
            "publish.gate.max-age",
            ValueType.DURATION,
            Duration.ofDays(1),
            positive(),
            "After this the champion's bar no longer binds: since a drift nothing may reach it.");

    // Challenger ------------------------------------------------------------------------------------------------------

    public static final ConfigOption<String> CHALLENGER_NAME = optional(
            "challenger.name",
            ValueType.TEXT,
            null,
            "Name that the challenger is reported and published under. Unset: <model name>-challenger. Whatever of"
                    + " challenger.model, challenger.optimizer and challenger.learning-rate is there makes one: a second model on"
                    + " the same samples. See deploy/CHALLENGER.md.");
    public static final ConfigOption<ChallengerPromotion> CHALLENGER_PROMOTION = option(
            "challenger.promotion",
            ValueType.oneOf(ChallengerPromotion.class),
            ChallengerPromotion.MANUAL,
            null,
            "Who has model and challenger change roles: manual leaves it to millrace challenger promote, when-better has them"
                    + " do so when the challenger was better by challenger.min-improvement.");
    public static final ConfigOption<Double> CHALLENGER_MIN_IMPROVEMENT = optional(
            "challenger.min-improvement",
            ValueType.NUMBER,
            atLeastZero(),
            "How much better than the model by publish.gate.metric the challenger must be on the same samples: of a loss"
                    + " relative (0.05: 5 %), of accuracy and AUC a difference. Needed for when-better.");
    public static final ConfigOption<Long> CHALLENGER_MIN_SAMPLES = option(
            "challenger.min-samples",
            ValueType.LONG,
            1_000L,
            new Constraint<>(">= 1", value -> value >= 1),
            "The two are compared on the newest samples that both have scored, so many of them.");
    public static final ConfigOption<Integer> CHALLENGER_CONSECUTIVE = option(
            "challenger.consecutive",
            ValueType.INTEGER,
            3,
            between(1, 1_000_000),
            "At how many checkpoints in a row, each with new samples, it must have been better.");
    public static final ConfigOption<String> CHALLENGER_DIRECTORY = optional(
            "challenger.directory",
            ValueType.TEXT,
            notOfHdfs(),
            "Directory that the challenger is published in, as publish.directory. Unset: challenger within that one.");

    // Reports ---------------------------------------------------------------------------------------------------------

    public static final ConfigOption<String> REPORT_TOPIC =
            optional("report.topic", ValueType.TEXT, null, "Topic for training reports. Unset: Flink metrics only.");
    public static final ConfigOption<Duration> REPORT_INTERVAL = option(
            "report.interval",
            ValueType.DURATION,
            Duration.ofSeconds(1),
            new Constraint<>(">= 10 ms", value -> value.toMillis() >= 10),
            "Time between reports.");
    public static final ConfigOption<Long> REPORT_SAMPLES = option(
            "report.samples",
            ValueType.LONG,
            0L,
            new Constraint<>(">= 0", value -> value >= 0),
            "Also report after this many samples; 0 reports by time alone.");

    // Control ---------------------------------------------------------------------------------------------------------

    public static final ConfigOption<String> CONTROL_TOPIC = optional(
            "control.topic",
            ValueType.TEXT,
            null,
            "Topic for commands, keyed by model: batch size, policy, learning rate, pause, publish, champion; see millrace"
                    + " control and millrace snapshot. Needs report.topic, where they are acknowledged. What they change is kept in checkpoints and wins"
                    + " over this file while a control topic is set. Unset: no commands. Not read where source.bounded.");

    // Dead letters ----------------------------------------------------------------------------------------------------

    public static final ConfigOption<BadRecordPolicy> DEAD_LETTER_POLICY = option(
            "dead-letter.policy",
            ValueType.oneOf(BadRecordPolicy.class),
            BadRecordPolicy.FAIL,
            null,
            "What becomes of a record that cannot become a sample. dead-letter needs dead-letter.topic.");
    public static final ConfigOption<String> DEAD_LETTER_TOPIC = optional(
            "dead-letter.topic",
            ValueType.TEXT,
            null,
            "Topic for what could not become a sample, with reason, place and original bytes.");
    public static final ConfigOption<MemorySize> DEAD_LETTER_MAX_VALUE_BYTES = option(
            "dead-letter.max-value-bytes",
            ValueType.SIZE,
            MemorySize.parse("64 kb"),
            sizeBetween("0 b", "512 kb"),
            "Longer original values are cut; the true length is kept.");
    public static final ConfigOption<Double> DEAD_LETTER_MAX_RATIO = option(
            "dead-letter.max-ratio",
            ValueType.NUMBER,
            0.5,
            new Constraint<>("> 0 and <= 1", value -> value > 0 && value <= 1),
            "The job fails when more than this share of a minute's records are dead letters. 1 never fails.");
    public static final ConfigOption<Integer> DEAD_LETTER_MAX_PER_MINUTE = option(
            "dead-letter.max-per-minute",
            ValueType.INTEGER,
            10_000,
            between(1, Integer.MAX_VALUE),
            "The job fails when one worker makes more dead letters in a minute.");

    // Families of keys ------------------------------------------------------------------------------------------------

    static final Subtree MODEL =
            new Subtree("model.", "The model, in Keras' words: name, inputs, layers, loss. See deploy/LAYERS.md.");
    static final Subtree FEATURES = new Subtree(
            "features.",
            "How records of your own Avro schema become samples: inputs, label, weight, id, event-time. Needs"
                    + " source.schema. Unset: records are samples as shipped. See deploy/FEATURES.md.");
    static final Subtree OPTIMIZER = new Subtree(
            "optimizer.",
            "Optimizer by its name in Keras (sgd, momentum, nesterov, adam, adamw, adagrad, rmsprop, ftrl), its"
                    + " parameters, weight decay and clipping. Unset: sgd.");
    static final Subtree LEARNING_RATE =
            new Subtree("learning-rate.", "Learning rate and its schedule, or a number. Unset: 0.01.");
    static final Subtree CHALLENGER_MODEL = new Subtree(
            "challenger.model.", "What of the model the challenger has otherwise: layers. Unset: the model's.");
    static final Subtree CHALLENGER_OPTIMIZER =
            new Subtree("challenger.optimizer.", "The challenger's optimizer, as optimizer. Unset: the model's.");
    static final Subtree CHALLENGER_LEARNING_RATE = new Subtree(
            "challenger.learning-rate.", "The challenger's learning rate, as learning-rate. Unset: the model's.");
    static final Subtree KAFKA_PROPERTIES =
            new Subtree("kafka.properties.", "Properties of every Kafka client, as Kafka names them.");
    static final Subtree KAFKA_SOURCE_PROPERTIES =
            new Subtree("kafka.source.properties.", "Properties of the consumers, over kafka.properties.");
    static final Subtree KAFKA_SINK_PROPERTIES =
            new Subtree("kafka.sink.properties.", "Properties of the producers, over kafka.properties.");
    static final Subtree FLINK = new Subtree(
            "flink.", "Flink's own options for this job, as Flink names them, over the defaults of this table's end.");

    private static final List<Subtree> SUBTREES = List.of(
            MODEL,
            FEATURES,
            KAFKA_PROPERTIES,
            KAFKA_SOURCE_PROPERTIES,
            KAFKA_SINK_PROPERTIES,
            OPTIMIZER,
            LEARNING_RATE,
            CHALLENGER_MODEL,
            CHALLENGER_OPTIMIZER,
            CHALLENGER_LEARNING_RATE,
            FLINK);

    private TrainingOptions() {}

    /** Every option, in the order of this class. */
    public static List<Setting<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    /** The families of keys that are handed on. */
    public static List<Subtree> subtrees() {
        return SUBTREES;
    }

    private static <T> ConfigOption<T> option(
            String key, ValueType<T> type, T defaultValue, @Nullable Constraint<T> constraint, String description) {
        return declare(key, type, defaultValue, constraint, description, false);
    }

    private static <T> ConfigOption<T> optional(
            String key, ValueType<T> type, @Nullable Constraint<T> constraint, String description) {
        return declare(key, type, null, constraint, description, false);
    }

    private static <T> ConfigOption<T> required(
            String key, ValueType<T> type, @Nullable Constraint<T> constraint, String description) {
        return declare(key, type, null, constraint, description, true);
    }

    private static <T> ConfigOption<T> declare(
            String key,
            ValueType<T> type,
            @Nullable T defaultValue,
            @Nullable Constraint<T> constraint,
            String description,
            boolean required) {
        ConfigOption<T> option =
                type.declare().apply(ConfigOptions.key(key), defaultValue).withDescription(description);
        ALL.add(new Setting<>(option, type, constraint, description, required));
        return option;
    }

    private static Constraint<Double> between(double min, double max) {
        return new Constraint<>("in " + min + ".." + max, value -> value >= min && value <= max);
    }

    private static Constraint<Integer> between(int min, int max) {
        return new Constraint<>("in " + min + ".." + max, value -> value >= min && value <= max);
    }

    private static Constraint<String> notOfHdfs() {
        return new Constraint<>(
                "without a scheme of HDFS, which shows files before they are whole", place -> !Places.isHdfs(place));
    }

    private static Constraint<Double> atLeastZero() {
        return new Constraint<>(">= 0", value -> value >= 0);
    }

    private static Constraint<Duration> positive() {
        return new Constraint<>("> 0", value -> !value.isNegative() && !value.isZero());
    }

    private static Constraint<MemorySize> sizeBetween(String min, String max) {
        long low = MemorySize.parse(min).getBytes();
        long high = MemorySize.parse(max).getBytes();
        return new Constraint<>(
                "between " + min + " and " + max, value -> value.getBytes() >= low && value.getBytes() <= high);
    }

    private static boolean isNamed(List<String> names) {
        return !names.isEmpty() && names.stream().noneMatch(String::isBlank);
    }

    private static boolean isAddressList(String text) {
        for (String address : text.split(",", -1)) {
            if (!address.trim().matches("\\S+:\\d{1,5}")) return false;
        }
        return true;
    }
}
