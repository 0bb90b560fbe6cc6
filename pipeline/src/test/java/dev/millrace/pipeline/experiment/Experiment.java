package dev.millrace.pipeline.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Entry of {@code deploy/experiment.sh}. */
@Command(
        name = "experiment.sh",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Compares batch-size policies with fixed sizes, each with its own tuned learning rate, in whole jobs with an"
                    + " embedded broker and the real clock. Prints a table, with 95 % intervals of paired ratios; draws"
                    + " batch, noise scale, learning rate and loss over time.",
            "backlog: 1 M samples, stationary and with an abrupt drift, a linear model and a network. live: one concept,"
                    + " another, which then turns, at 0.3, 0.6 and 0.9 of the capacity. images, rows: real data."
        })
public final class Experiment implements Callable<Integer> {
    private static final int[] FEW = {16, 64, 256, 1024, 4096};

    @Parameters(description = "backlog, live, images DIRECTORY (MNIST's four files) or rows FILE LABEL.")
    @SuppressWarnings("NullAway.Init") // picocli
    private List<String> what;

    @Option(names = "--samples", description = "Of a generated stream.")
    private int samples = 1_000_000;

    @Option(names = "--seeds", description = "Runs of each setting.")
    private int seeds = 5;

    @Option(names = "--policies", split = ",", description = "To compare with fixed sizes.")
    private List<String> policies = List.of("auto");

    @Option(names = "--learner", description = "linear, network or both.")
    private String learner = "both";

    @Option(names = "--shares", split = ",", description = "live: shares of the capacity.")
    private double[] shares = {0.3, 0.6, 0.9};

    @Option(names = "--output", description = "Directory for the pictures.")
    private Path output = Path.of("experiment");

    private Experiment() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Experiment()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        try (Runs runs = new Runs()) {
            for (Learner chosen : List.of(Learner.LINEAR, Learner.PERCEPTRON)) {
                boolean isLinear = chosen.hidden() == 0;
                if (learner.equals(isLinear ? "network" : "linear")) continue;
                if (what.get(0).equals("backlog")) {
                    new CatchUp(runs, Tuning.SIZES, seeds, policies, output, System.out)
                            .run(
                                    new Problem.Drifting(chosen, Scenario.STATIONARY, samples),
                                    new Problem.Drifting(chosen, Scenario.ABRUPT, samples));
                } else if (what.get(0).equals("live")) {
                    new Live(runs, chosen, samples, seeds, output, System.out).run(policies, shares);
                }
            }
            CatchUp onFiles = new CatchUp(runs, FEW, seeds, policies, output, System.out);
            if (what.get(0).equals("images")) onFiles.run(FileProblem.images(Path.of(what.get(1))));
            if (what.get(0).equals("rows")) onFiles.run(FileProblem.rows(Path.of(what.get(1)), what.get(2)));
        }
        return 0;
    }
}
