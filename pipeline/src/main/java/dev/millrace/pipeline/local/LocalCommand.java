package dev.millrace.pipeline.local;

import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.dataset.DataOptions;
import dev.millrace.pipeline.dataset.RecordFile;
import dev.millrace.pipeline.produce.FileFeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace local}: a broker, a stream that drifts, and the training job, all in this process. */
@Command(
        name = "local",
        header = "Broker, drifting stream and training job in one process.",
        description = {
            "Trains on this machine, with nothing else installed: starts a Kafka broker, a generator of clicks whose"
                    + " preferences drift, and the training job on a Flink mini cluster, and shows how it goes.",
            "Everything listens on 127.0.0.1 only. Ctrl-C stops the job with a savepoint; the same --directory"
                    + " continues from it."
        },
        footer = {
            "",
            "Examples:",
            "  millrace local",
            "  millrace local --rate 5000 --duration 30",
            "  millrace local --set batch.size=64 --set learning-rate=0.05",
            "  millrace local --generator impressions --config click-through.yaml --rate 0 --duration 60",
            "  millrace local --data electricity.csv.gz --label class --config electricity.yaml --rate 0"
        })
public final class LocalCommand implements Callable<Integer> {

    private static final String DEFAULT_CONFIGURATION = "local.yaml";

    @Option(
            names = "--rate",
            defaultValue = "20000",
            description = "Samples generated per second; 0 for as many as go. Default: ${DEFAULT-VALUE}.")
    double rate;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "Stop after so many seconds. Default: never.")
    @Nullable
    Integer duration;

    @Option(
            names = "--directory",
            description = "Where broker, checkpoints, savepoints and snapshots are kept. Default: a new one in the"
                    + " temporary directory.")
    @Nullable
    Path directory;

    @Option(names = "--config", description = "Training configuration. Default: a model for the generated clicks.")
    @Nullable
    Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one option over the configuration; may be repeated.")
    List<String> overrides = new ArrayList<>();

    @Option(names = "--workers", defaultValue = "1", description = "Parallel workers. Default: ${DEFAULT-VALUE}.")
    int workers;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the generator. Default: ${DEFAULT-VALUE}.")
    long seed;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "Train on this CSV, JSON lines, IDX or Avro file instead of generated clicks; needs --config.")
    @Nullable
    Path data;

    @Mixin
    private DataOptions dataOptions;

    @Option(
            names = "--epochs",
            defaultValue = "1",
            description = "How often the file is sent. Default: ${DEFAULT-VALUE}.")
    int epochs;

    @Option(
            names = "--generator",
            defaultValue = "clicks",
            description =
                    "What is generated: clicks, 32 features whose drift the built-in model follows, or impressions,"
                            + " Avro records with categories; impressions need --config. Default: ${DEFAULT-VALUE}.")
    String generator;

    private final BiConsumer<StreamExecutionEnvironment, TrainingConfig> job;
    private final Map<String, LocalFeed> generators;

    @Spec
    private CommandSpec spec;

    /**
     * @param job defines the training job in an environment
     * @param generators what {@code --generator} names
     */
    public LocalCommand(BiConsumer<StreamExecutionEnvironment, TrainingConfig> job, Map<String, LocalFeed> generators) {
        this.job = job;
        this.generators = generators;
    }

    @Override
    public Integer call() throws Exception {
        LocalRun run = prepare(LiveScreen.of(System.out, StandardOutput.isTerminal(), System.getenv()));
        Interrupts.onFirst(run::requestStop);
        return run.run(duration == null ? null : Duration.ofSeconds(duration), rate, seed);
    }

    /** Checks the configuration, before anything is started. */
    LocalRun prepare(LiveScreen screen) throws IOException {
        LocalDirectory place = new LocalDirectory(root());
        Path file = config == null ? defaultConfiguration(place) : config;
        // The broker's address is not known yet; mistakes should be told now all the same.
        load(place, file, "127.0.0.1:1");
        return new LocalRun(place, address -> load(place, file, address), job, feed(), screen);
    }

    private LocalFeed feed() {
        if (data != null) return fileFeed(data);
        LocalFeed feed = generators.get(generator);
        if (feed != null) return feed;
        throw new ParameterException(
                spec.commandLine(),
                "--generator must be one of " + String.join(", ", new TreeSet<>(generators.keySet())) + ". Received: "
                        + generator);
    }

    private LocalFeed fileFeed(Path file) {
        RecordFile records = dataOptions.records(file);
        return records == null ? FileFeed.samples(dataOptions.file(file), epochs) : FileFeed.records(records, epochs);
    }

    private TrainingConfig load(LocalDirectory place, Path file, String bootstrapServers) {
        return ConfigLoader.of(file)
                .fallback("publish.directory", place.snapshots().toString())
                .fallback("publish.snapshot-topic", "snapshots") // the live view follows them
                .fallback("publish.model-topic", "models")
                .fallback("checkpoint.directory", place.checkpoints().toUri().toString())
                .fallback("training.workers", workers)
                .overrides(overrides)
                .override("kafka.bootstrap.servers", bootstrapServers)
                .load();
    }

    private Path root() throws IOException {
        return directory == null
                ? Files.createTempDirectory("millrace-local-")
                : Files.createDirectories(directory).toRealPath();
    }

    /** The feed's configuration as a file beside what it makes, to be read and changed; one that is there stays. */
    private Path defaultConfiguration(LocalDirectory place) throws IOException {
        Path file = place.root().resolve(DEFAULT_CONFIGURATION);
        if (!Files.exists(file)) {
            Files.writeString(file, feed().configuration());
        }
        return file;
    }
}
