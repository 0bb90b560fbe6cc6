package dev.millrace.pipeline.cli;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.advise.Advice;
import dev.millrace.pipeline.advise.RecentSamples;
import dev.millrace.pipeline.advise.SamplesOfFile;
import dev.millrace.pipeline.advise.SamplesOfTopics;
import dev.millrace.pipeline.advise.SweepSettings;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.DataOptions;
import dev.millrace.pipeline.local.StandardOutput;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace advise}: what the batch size does to a model and its data, measured, and which one to choose. */
@Command(
        name = "advise",
        header = "Measure what the batch size does to your model and data, and recommend one.",
        description = {
            "Trains the configured model again and again on the newest samples of its topics, or of a file, with many"
                    + " batch sizes and learning rates: speed, memory, processor use, gradient noise, and the loss after"
                    + " equal samples and after equal time. Prints a table, answers and lines for the configuration;"
                    + " writes advice.csv, advice.svg and advice.png. Topics are only read.",
            "It is the engine and the optimizer of one worker; what a step costs between workers and parameter server"
                    + " is not in it."
        },
        footer = {
            "Examples:",
            "  millrace advise --config training.yaml",
            "  millrace advise --config training.yaml --data electricity.csv.gz --label class",
            "  millrace advise --config training.yaml --sizes 1,8,32,256 --learning-rates 0.03,0.1,0.3 --seconds 20",
        })
final class AdviseCommand implements Callable<Integer> {
    private static final int BAR = 30;

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "Measure on the last samples of this CSV, JSON lines or IDX file instead of the topics.")
    private @Nullable Path data;

    @Mixin
    private DataOptions options;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "20000",
            description = "How many of the newest samples to use (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--sizes",
            split = ",",
            paramLabel = "N",
            description = "Batch sizes to try. Default: the powers of two up to 4096 and to a quarter of the samples.")
    private List<Integer> sizes = new ArrayList<>();

    @Option(
            names = "--learning-rates",
            split = ",",
            paramLabel = "RATE",
            description =
                    "Learning rates to try. Default: half-decades around the configured one, and further while the"
                            + " best is the last one tried.")
    private List<Double> learningRates = new ArrayList<>();

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "About how long to measure (default: ${DEFAULT-VALUE}); more makes it surer.")
    private double seconds;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            defaultValue = "advice",
            description = "Where advice.csv, advice.svg and advice.png go (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the initial parameters. Default: training.seed of the configuration.")
    private @Nullable Long seed;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long a broker may take to answer (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (samples < 1) throw wrong("--samples must be >= 1. Received: " + samples);
        if (timeoutSeconds < 1) throw wrong("--timeout must be >= 1. Received: " + timeoutSeconds);
        PrintWriter out = command.commandLine().getOut();
        TrainingConfig config = config();
        SweepSettings settings = settings(config);
        Advice advice = measure(config, settings);
        out.println(advice.text());
        write(advice, out);
        out.flush();
        return ExitCode.OK;
    }

    private TrainingConfig config() {
        ConfigLoader loader = configuration.loader();
        if (data != null) {
            loader.fallback("kafka.bootstrap.servers", "localhost:9092").fallback("source.topics", "samples");
        }
        return loader.load();
    }

    private SweepSettings settings(TrainingConfig config) {
        try {
            return new SweepSettings(
                    sizes,
                    learningRates,
                    seconds,
                    seed == null ? config.training().seed() : seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private Advice measure(TrainingConfig config, SweepSettings settings) throws IOException {
        Bar bar = new Bar(command.commandLine().getErr(), StandardOutput.isTerminal());
        try {
            return Advice.measure(config, read(config), settings, System::nanoTime, bar);
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        } finally {
            bar.clear();
        }
    }

    private RecentSamples read(TrainingConfig config) throws IOException {
        ModelSpec spec = ModelSpec.of(config.model());
        if (data == null) {
            return SamplesOfTopics.read(config, spec, samples, Duration.ofSeconds(timeoutSeconds));
        }
        DataFile file = options.file(data);
        return SamplesOfFile.read(file, spec, samples);
    }

    private void write(Advice advice, PrintWriter out) throws IOException {
        advice.writeTable(output);
        out.println("Wrote " + output.resolve("advice.csv"));
        try {
            advice.writeCharts(output);
            out.println("Wrote " + output.resolve("advice.svg") + " and advice.png");
        } catch (IllegalStateException e) { // the table is worth having without the charts
            out.println("No charts. " + e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    /** How far it is, drawn anew on a terminal and left out elsewhere. */
    private record Bar(PrintWriter out, boolean terminal) implements Consumer<Double> {

        @Override
        public void accept(Double share) {
            if (!terminal) return;
            int full = (int) (BAR * share);
            out.printf("\rmeasuring [%s%s] %3.0f %%", "#".repeat(full), "-".repeat(BAR - full), 100 * share);
            out.flush();
        }

        void clear() {
            if (!terminal) return;
            out.print("\r" + " ".repeat(BAR + 20) + "\r");
            out.flush();
        }
    }
}
