package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.pipeline.server.StepReport;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A backlog is worked off: seconds and steps until the test loss is within 1 % (2 % after an abrupt drift, counted from
 * the drift on) of the best final one of all fixed sizes.
 */
final class CatchUp {

    private final Runs runs;
    private final int[] sizes;
    private final int seeds;
    private final List<String> policies;
    private final Picture picture;
    private final PrintStream out;

    CatchUp(Runs runs, int[] sizes, int seeds, List<String> policies, Path directory, PrintStream out) {
        this.runs = runs;
        this.sizes = sizes;
        this.seeds = seeds;
        this.policies = policies;
        this.picture = new Picture(directory);
        this.out = out;
    }

    /** How one run went. */
    record Score(
            double seconds,
            double steps,
            double finalLoss,
            double prequentialLoss,
            double allSeconds,
            int allSteps,
            long drifts) {}

    /** All runs of a setting. */
    record Scored(Setting setting, Score[] scores) {

        double mean(ToDoubleFunction<Score> figure) {
            return Arrays.stream(scores).mapToDouble(figure).average().orElse(Double.NaN);
        }

        Comparison against(Scored other, ToDoubleFunction<Score> figure) {
            return Comparison.of(
                    Arrays.stream(scores).mapToDouble(figure).toArray(),
                    Arrays.stream(other.scores).mapToDouble(figure).toArray());
        }
    }

    /** The first problem is the one on which the policies' learning rates are tuned. */
    void run(Problem... problems) throws Exception {
        Map<String, Double> ownRates = Map.of();
        for (Problem problem : problems) {
            out.printf("%n%s, %,d samples from a backlog%n", problem.name(), problem.samples());
            Tuning.Tuned tuned = new Tuning(problem, sizes, out).toTarget();
            if (ownRates.isEmpty()) ownRates = tunePolicies(problem);
            compare(problem, settings(tuned, ownRates));
        }
    }

    private Map<String, Double> tunePolicies(Problem problem) throws Exception {
        Map<String, Double> rates = new LinkedHashMap<>();
        for (String policy : policies) rates.put(policy, Tuning.ofPolicy(runs, problem, policy, out));
        return rates;
    }

    private List<Setting> settings(Tuning.Tuned tuned, Map<String, Double> ownRates) {
        List<Setting> settings = new ArrayList<>();
        tuned.rates().forEach((size, rate) -> settings.add(Setting.fixed(size, rate)));
        ownRates.forEach((policy, rate) -> settings.add(Setting.adaptive(policy, rate)));
        return settings;
    }

    private void compare(Problem problem, List<Setting> settings) throws Exception {
        List<Scored> scores = new ArrayList<>();
        for (Setting setting : settings) scores.add(new Scored(setting, new Score[seeds]));
        for (int seed = 1; seed <= seeds; seed++) {
            runs.fill("samples", problem.stream(seed));
            SampleBatch test = problem.test(seed);
            List<Runs.Run> done = new ArrayList<>();
            double best = Double.POSITIVE_INFINITY;
            try (Evaluator evaluator = new Evaluator(problem.spec())) {
                for (Setting setting : settings) {
                    Runs.Run run = runs.catchUp(problem.spec(), "samples", setting, seed);
                    done.add(run);
                    if (setting.isFixed())
                        best = Math.min(best, evaluator.loss(last(run).parameters(), test));
                    else if (seed == 1)
                        picture.draw(setting.name() + ", " + problem.name() + ", backlog", run.reports());
                }
            }
            runs.delete("samples");
            for (int i = 0; i < done.size(); i++) {
                scores.get(i).scores()[seed - 1] = score(problem, done.get(i), test, problem.factor() * best);
            }
        }
        new CatchUpTable(scores).print(out);
    }

    private Score score(Problem problem, Runs.Run run, SampleBatch test, double target) {
        Recording recording = run.recording();
        long from = (long) (problem.driftAt() * problem.samples());
        double seconds = Double.POSITIVE_INFINITY;
        double steps = Double.POSITIVE_INFINITY;
        try (Evaluator evaluator = new Evaluator(problem.spec())) {
            long began = recording.startNanos();
            int stepsBefore = 0;
            for (Recording.Moment moment : recording.moments()) {
                if (moment.samples() < from) {
                    began = moment.nanos();
                    stepsBefore = moment.steps();
                } else if (evaluator.loss(moment.parameters(), test) <= target) {
                    seconds = (moment.nanos() - began) / 1e9;
                    steps = moment.steps() - stepsBefore;
                    break;
                }
            }
            return new Score(
                    seconds,
                    steps,
                    evaluator.loss(last(run).parameters(), test),
                    recording.prequentialLoss(0, problem.samples()),
                    recording.seconds(),
                    recording.steps(),
                    drifts(run));
        }
    }

    private static long drifts(Runs.Run run) {
        List<StepReport> reports = run.reports();
        return reports.get(reports.size() - 1).batch().drifts();
    }

    private static Recording.Moment last(Runs.Run run) {
        List<Recording.Moment> moments = run.recording().moments();
        return moments.get(moments.size() - 1);
    }
}
