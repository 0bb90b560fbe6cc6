package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.SampleBatch;
import java.io.PrintStream;
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
    private static final long TUNING_SEED = 1000;
    private static final int TEST_SAMPLES = 8192;

    private final Runs runs;
    private final int samples;
    private final int seeds;
    private final List<String> policies;
    private final PrintStream out;

    CatchUp(Runs runs, int samples, int seeds, List<String> policies, PrintStream out) {
        this.runs = runs;
        this.samples = samples;
        this.seeds = seeds;
        this.policies = policies;
        this.out = out;
    }

    /** How one run went. */
    record Score(
            double seconds, double steps, double finalLoss, double prequentialLoss, double allSeconds, int allSteps) {}

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

    void run(Learner learner, Scenario... scenarios) throws Exception {
        Map<String, Double> ownRates = Map.of();
        for (Scenario scenario : scenarios) {
            out.printf("%n%s, %s, %,d samples from a backlog%n", learner.name(), scenario, samples);
            Tuning.Tuned tuned = Tuning.toTarget(
                    learner.spec(),
                    Evaluator.read(stream(learner, scenario, TUNING_SEED), samples),
                    test(learner, scenario, TUNING_SEED),
                    TUNING_SEED,
                    factor(scenario),
                    scenario.abruptAt(),
                    out);
            if (ownRates.isEmpty()) ownRates = tunePolicies(learner, scenario, tuned); // on the first scenario only
            compare(learner, scenario, settings(tuned, ownRates));
        }
    }

    private Map<String, Double> tunePolicies(Learner learner, Scenario scenario, Tuning.Tuned tuned) throws Exception {
        String topic = topic(learner, scenario, TUNING_SEED);
        runs.fill(topic, stream(learner, scenario, TUNING_SEED));
        SampleBatch test = test(learner, scenario, TUNING_SEED);
        runs.catchUp(learner.spec(), topic, Setting.fixed(64, 0.1), TUNING_SEED); // warms up
        Map<String, Double> rates = new LinkedHashMap<>();
        for (String policy : policies) {
            double best = Double.POSITIVE_INFINITY;
            for (double rate : Tuning.RATES) {
                Setting setting = Setting.adaptive(policy, rate);
                Runs.Run run = runs.catchUp(learner.spec(), topic, setting, TUNING_SEED);
                Score score = score(learner, scenario, run, test, factor(scenario) * tuned.best());
                double figure = Double.isFinite(score.seconds()) ? score.seconds() : 1000 + score.finalLoss();
                out.printf("  tuning %s at %s: %s%n", policy, rate, score);
                if (figure < best) {
                    best = figure;
                    rates.put(policy, rate);
                }
            }
        }
        runs.delete(topic);
        return rates;
    }

    private List<Setting> settings(Tuning.Tuned tuned, Map<String, Double> ownRates) {
        List<Setting> settings = new ArrayList<>();
        tuned.rates().forEach((size, rate) -> settings.add(Setting.fixed(size, rate)));
        ownRates.forEach((policy, rate) -> settings.add(Setting.adaptive(policy, rate)));
        return settings;
    }

    private void compare(Learner learner, Scenario scenario, List<Setting> settings) throws Exception {
        List<Scored> scores = new ArrayList<>();
        for (Setting setting : settings) scores.add(new Scored(setting, new Score[seeds]));
        for (int seed = 1; seed <= seeds; seed++) {
            String topic = topic(learner, scenario, seed);
            runs.fill(topic, stream(learner, scenario, seed));
            SampleBatch test = test(learner, scenario, seed);
            List<Runs.Run> done = new ArrayList<>();
            double best = Double.POSITIVE_INFINITY;
            try (Evaluator evaluator = new Evaluator(learner.spec())) {
                for (Setting setting : settings) {
                    Runs.Run run = runs.catchUp(learner.spec(), topic, setting, seed);
                    done.add(run);
                    if (setting.isFixed()) {
                        best = Math.min(best, evaluator.loss(last(run).parameters(), test));
                    }
                }
            }
            runs.delete(topic);
            for (int i = 0; i < done.size(); i++) {
                scores.get(i).scores()[seed - 1] = score(learner, scenario, done.get(i), test, factor(scenario) * best);
            }
        }
        new CatchUpTable(scores).print(out);
    }

    private Score score(Learner learner, Scenario scenario, Runs.Run run, SampleBatch test, double target) {
        Recording recording = run.recording();
        long from = (long) (scenario.abruptAt() * samples);
        double seconds = Double.POSITIVE_INFINITY;
        double steps = Double.POSITIVE_INFINITY;
        try (Evaluator evaluator = new Evaluator(learner.spec())) {
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
                    recording.prequentialLoss(0, samples),
                    recording.seconds(),
                    recording.steps());
        }
    }

    private static Recording.Moment last(Runs.Run run) {
        List<Recording.Moment> moments = run.recording().moments();
        return moments.get(moments.size() - 1);
    }

    private DriftingStream stream(Learner learner, Scenario scenario, long seed) {
        return new DriftingStream(teacher(learner, scenario, seed), seed, 0, 1, samples);
    }

    /** Other samples of the concept that holds at the end. */
    private static SampleBatch test(Learner learner, Scenario scenario, long seed) throws Exception {
        return Evaluator.read(
                new DriftingStream(teacher(learner, scenario, seed), ~seed, 1, 1, TEST_SAMPLES), TEST_SAMPLES);
    }

    private static Teacher teacher(Learner learner, Scenario scenario, long seed) {
        return new Teacher(seed, scenario, DriftingStream.FEATURES, learner.hidden());
    }

    private static double factor(Scenario scenario) {
        return scenario == Scenario.STATIONARY ? 1.01 : 1.02;
    }

    private static String topic(Learner learner, Scenario scenario, long seed) {
        return scenario.name().toLowerCase(java.util.Locale.ROOT) + "-" + learner.hidden() + "-" + seed;
    }
}
