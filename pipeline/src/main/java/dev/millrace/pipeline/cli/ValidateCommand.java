package dev.millrace.pipeline.cli;

import dev.millrace.model.gate.ChallengeRule;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.ChallengerConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.preflight.Finding;
import dev.millrace.pipeline.preflight.Finding.Severity;
import dev.millrace.pipeline.preflight.KafkaPreflight;
import dev.millrace.pipeline.preflight.SamplePreflight;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace validate}: everything that can be checked before a job starts. */
@Command(
        name = "validate",
        header = "Check a configuration, its topics and its rights before starting.",
        description = {
            "Reads the whole configuration and names every mistake, then asks the brokers: do they answer, are the"
                    + " topics there, may the job use them, do its records fit, do the newest samples decode and fit the model."
                    + " Nothing is changed."
        },
        footer = {
            "Examples:",
            "  millrace validate --config training.yaml",
            "  millrace validate --config training.yaml --offline --effective",
            "  millrace validate --config training.yaml --set kafka.bootstrap.servers=localhost:9092",
        })
final class ValidateCommand implements Callable<Integer> {

    @Mixin
    private ConfigurationOptions configuration;

    @Option(names = "--offline", description = "Check the configuration alone; ask no broker.")
    private boolean offline;

    @Option(names = "--effective", description = "Print the configuration in effect, without secrets.")
    private boolean effective;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long a broker may take to answer (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many of the newest records of each partition to read as the job would"
                    + " (default: ${DEFAULT-VALUE}; 0 for none).")
    private int samples;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        TrainingConfig config = configuration.load();
        if (effective) out.print(config.effective());
        print(out, new Finding(Severity.OK, "configuration", "sha256 " + config.hash()));
        print(out, new Finding(Severity.OK, "engine", EngineText.of(config, ModelSpec.of(config.model()))));
        ChallengerConfig challenger = config.challenger();
        if (challenger != null) print(out, finding(challenger));
        if (offline) return ExitCode.OK;

        Duration timeout = Duration.ofSeconds(timeoutSeconds);
        List<Finding> findings = new ArrayList<>(KafkaPreflight.run(config, timeout));
        boolean reachable = findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
        if (reachable && samples > 0) findings.addAll(SamplePreflight.run(config, samples, timeout));
        findings.forEach(finding -> print(out, finding));
        long errors = findings.stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .count();
        if (errors == 0) return ExitCode.OK;
        out.println(errors == 1 ? "1 error: the job would not run." : errors + " errors: the job would not run.");
        out.flush();
        return ExitCode.FAILED;
    }

    private static Finding finding(ChallengerConfig challenger) {
        ChallengeRule rule = challenger.rule();
        String promotion = rule.automatic()
                ? "takes the model's place when it is better by " + rule.minImprovement() + " at " + rule.consecutive()
                        + " checkpoints in a row"
                : "takes the model's place by hand";
        return new Finding(Severity.OK, "challenger " + challenger.name(), promotion);
    }

    private static void print(PrintWriter out, Finding finding) {
        out.printf("%-8s %-32s %s%n", word(finding.severity()), finding.subject(), finding.text());
        out.flush();
    }

    private static String word(Severity severity) {
        return switch (severity) {
            case OK -> "ok";
            case WARNING -> "warning";
            case ERROR -> "ERROR";
        };
    }
}
