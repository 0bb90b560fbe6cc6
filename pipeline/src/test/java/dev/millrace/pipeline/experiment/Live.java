package dev.millrace.pipeline.experiment;

import dev.millrace.pipeline.server.StepReport;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A stream is followed while it arrives at a share of the capacity: one concept, another one, which then turns. Measured
 * is the loss of the model in service at each sample's arrival, and the seconds after the abrupt drift until the mean of
 * 2,000 samples is within 10 % of the best fixed size's settled one.
 */
final class Live {
    private static final Scenario STREAM = Scenario.MIXED;
    private static final int[] SIZES = {16, 64, 256, 1024, 4096};
    private static final double SETTLED_FROM = STREAM.abruptAt() * 1.8; // the last fifth before the turn
    private static final double TURN_FROM = 2.0 / 3;

    private final Runs runs;
    private final Learner learner;
    private final int samples;
    private final int seeds;
    private final Picture picture;
    private final PrintStream out;

    Live(Runs runs, Learner learner, int samples, int seeds, Path directory, PrintStream out) {
        this.runs = runs;
        this.learner = learner;
        this.samples = samples;
        this.seeds = seeds;
        this.picture = new Picture(directory);
        this.out = out;
    }

    /** How one run went. */
    record Score(
            double loss,
            double afterDrift,
            double settled,
            double turning,
            double recovery,
            double falseResets,
            double resets,
            double steps) {}

    private record Scored(Setting setting, ServedLoss[] served, Score[] scores) {
        double mean(ToDoubleFunction<Score> figure) {
            return Arrays.stream(scores).mapToDouble(figure).average().orElse(Double.NaN);
        }

        Comparison against(Scored other, ToDoubleFunction<Score> figure) {
            return Comparison.of(
                    Arrays.stream(scores).mapToDouble(figure).toArray(),
                    Arrays.stream(other.scores).mapToDouble(figure).toArray());
        }
    }

    void run(List<String> policies, double... shares) throws Exception {
        List<Setting> settings = new ArrayList<>();
        Tuning.Tuned tuned = new Tuning(new Problem.Drifting(learner, STREAM, samples), SIZES, out).prequential();
        for (int size : SIZES) settings.add(Setting.fixed(size, tuned.rate(size)));
        for (String policy : policies) settings.add(Setting.adaptive(policy, tune(policy)));
        double capacity = capacity(settings.get(2));
        for (double share : shares) {
            out.printf(
                    "%n%s, %s, %,d samples at %.1f of the capacity, %,.0f samples/s%n",
                    learner.name(), STREAM, samples, share, share * capacity);
            compare(settings, share * capacity);
        }
    }

    /** One rate for whatever comes: that of a stationary stream. */
    private double tune(String policy) throws Exception {
        return Tuning.ofPolicy(runs, new Problem.Drifting(learner, Scenario.STATIONARY, samples), policy, out);
    }

    /** What the job learns from per second while samples arrive as fast as one thread sends them. */
    private double capacity(Setting setting) throws Exception {
        Runs.Run run = runs.live(learner.spec(), stream(Tuning.SEEDS[0]), samples, 0, setting, Tuning.SEEDS[0]);
        return run.recording().samples() / run.recording().seconds();
    }

    private void compare(List<Setting> settings, double perSecond) throws Exception {
        List<Scored> all = new ArrayList<>();
        for (Setting setting : settings) all.add(new Scored(setting, new ServedLoss[seeds], new Score[seeds]));
        for (int seed = 1; seed <= seeds; seed++) {
            double level = Double.POSITIVE_INFINITY;
            List<Runs.Run> done = new ArrayList<>();
            for (Scored one : all) {
                Runs.Run run = runs.live(learner.spec(), stream(seed), samples, perSecond, one.setting(), seed);
                ServedLoss served = ServedLoss.of(run, learner.spec(), stream(seed));
                one.served()[seed - 1] = served;
                done.add(run);
                if (seed == 1 && !one.setting().isFixed()) {
                    String where = String.format(Locale.ROOT, "live at %,.0f per second", perSecond);
                    picture.draw(one.setting().name() + ", " + learner.name() + ", " + where, run.reports());
                }
                if (one.setting().isFixed()) level = Math.min(level, served.mean(SETTLED_FROM, TURN_FROM));
            }
            for (int i = 0; i < all.size(); i++) {
                all.get(i).scores()[seed - 1] = score(done.get(i), all.get(i).served()[seed - 1], 1.1 * level);
            }
        }
        print(all);
    }

    private Score score(Runs.Run run, ServedLoss served, double level) {
        long falseResets = 0;
        long resets = 0;
        for (StepReport report : run.reports()) {
            resets = report.batch().drifts();
            if (report.totalSamples() <= STREAM.abruptAt() * samples) falseResets = resets;
        }
        return new Score(
                served.mean(0, 1),
                served.mean(STREAM.abruptAt(), STREAM.abruptAt() + 0.1),
                served.mean(SETTLED_FROM, TURN_FROM),
                served.mean(TURN_FROM, 1),
                served.recovery(STREAM.abruptAt(), level),
                falseResets,
                resets,
                run.recording().steps());
    }

    private void print(List<Scored> all) {
        out.printf(
                "  %-14s %6s %9s %11s %9s %9s %11s %8s %7s %8s%n",
                "setting",
                "rate",
                "loss",
                "after drift",
                "settled",
                "turning",
                "recovery s",
                "false",
                "resets",
                "steps");
        for (Scored one : all) {
            out.printf(
                    "  %-14s %6s %9.4f %11.4f %9.4f %9.4f %11.3f %8.1f %7.1f %8.0f%n",
                    one.setting().name(),
                    one.setting().learningRate(),
                    one.mean(Score::loss),
                    one.mean(Score::afterDrift),
                    one.mean(Score::settled),
                    one.mean(Score::turning),
                    one.mean(Score::recovery),
                    one.mean(Score::falseResets),
                    one.mean(Score::resets),
                    one.mean(Score::steps));
        }
        for (Scored one : all) {
            if (one.setting().isFixed()) continue;
            out.printf(
                    "  %s: loss / best fixed %s, turning %s, recovery %s%n",
                    one.setting().name(),
                    against(one, all, Score::loss),
                    against(one, all, Score::turning),
                    against(one, all, Score::recovery));
        }
    }

    private static String against(Scored one, List<Scored> all, ToDoubleFunction<Score> figure) {
        Scored best = all.stream()
                .filter(other -> other.setting().isFixed())
                .min(Comparator.comparingDouble(other -> other.mean(figure)))
                .orElseThrow();
        return one.against(best, figure) + " (" + best.setting().name() + ")";
    }

    private DriftingStream stream(long seed) {
        return new Problem.Drifting(learner, STREAM, samples).stream(seed);
    }
}
