package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.SampleBatch;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Gives each fixed size the learning rate of a grid with which it does best, on average over streams of other seeds. */
final class Tuning {
    static final long[] SEEDS = {1000};
    static final int[] SIZES = {16, 32, 64, 128, 256, 512, 1024, 2048, 4096};

    /** Half-decades. */
    static final double[] RATES = {0.03, 0.1, 0.3, 1, 3, 10};

    private final Problem problem;
    private final int[] sizes;
    private final PrintStream out;
    private final PlainLoop.Pass[][][] passes; // [seeds, sizes, rates]

    Tuning(Problem problem, int[] sizes, PrintStream out) throws IOException {
        this.problem = problem;
        this.sizes = sizes;
        this.out = out;
        this.passes = new PlainLoop.Pass[SEEDS.length][sizes.length][RATES.length];
        for (int seed = 0; seed < SEEDS.length; seed++) {
            SampleBatch samples = Evaluator.read(problem.stream(SEEDS[seed]), problem.samples());
            SampleBatch test = problem.test(SEEDS[seed]);
            for (int s = 0; s < sizes.length; s++) {
                for (int r = 0; r < RATES.length; r++) {
                    passes[seed][s][r] = PlainLoop.sgd(problem.spec(), samples, test, sizes[s], RATES[r], SEEDS[seed]);
                }
            }
        }
    }

    /** What counts as best. */
    private interface Score {
        /** Of a pass over the stream of the numbered seed; the smaller the better. */
        double of(int seed, PlainLoop.Pass pass);
    }

    /** Rates by size. */
    record Tuned(Map<Integer, Double> rates) {
        double rate(int size) {
            return Objects.requireNonNull(rates.get(size), "a size that was not tuned");
        }
    }

    /** Fewest samples until the test loss is near the best one; for who never gets there, all of them and the loss. */
    Tuned toTarget() {
        return choose((seed, pass) -> {
            double share = pass.shareTo(problem.factor() * best(seed), problem.driftAt());
            return Double.isFinite(share) ? share : 1 + pass.finalLoss();
        });
    }

    /** Least prequential loss. */
    Tuned prequential() {
        return choose((seed, pass) -> pass.prequentialLoss());
    }

    private double best(int seed) {
        double best = Double.POSITIVE_INFINITY;
        for (PlainLoop.Pass[] ofSize : passes[seed]) {
            for (PlainLoop.Pass pass : ofSize) best = Math.min(best, pass.finalLoss());
        }
        return best;
    }

    private Tuned choose(Score score) {
        Map<Integer, Double> chosen = new LinkedHashMap<>();
        for (int s = 0; s < sizes.length; s++) {
            int best = 0;
            for (int r = 1; r < RATES.length; r++) if (mean(score, s, r) < mean(score, s, best)) best = r;
            chosen.put(sizes[s], RATES[best]);
            out.printf(
                    "  tuned fixed %-5d learning rate %-5s score %.4f  prequential %.4f%s%n",
                    sizes[s],
                    RATES[best],
                    mean(score, s, best),
                    mean((seed, pass) -> pass.prequentialLoss(), s, best),
                    best == 0 || best == RATES.length - 1 ? "  (edge of the grid)" : "");
        }
        return new Tuned(chosen);
    }

    private double mean(Score score, int size, int rate) {
        double sum = 0;
        for (int seed = 0; seed < SEEDS.length; seed++) sum += score.of(seed, passes[seed][size][rate]);
        return sum / SEEDS.length;
    }

    /** The rate with the least prequential loss of a policy, which is tuned in whole jobs as it goes by the clock. */
    static double ofPolicy(Runs runs, Problem problem, String policy, PrintStream out) throws Exception {
        double best = Double.POSITIVE_INFINITY;
        double chosen = Double.NaN;
        for (int seed = 0; seed < SEEDS.length; seed++) runs.fill("tuning-" + seed, problem.stream(SEEDS[seed]));
        runs.catchUp(problem.spec(), "tuning-0", Setting.adaptive(policy, RATES[0]), SEEDS[0]); // warms up
        for (double rate : RATES) {
            double loss = 0;
            for (int seed = 0; seed < SEEDS.length; seed++) {
                Setting setting = Setting.adaptive(policy, rate);
                Runs.Run run = runs.catchUp(problem.spec(), "tuning-" + seed, setting, SEEDS[seed]);
                loss += run.recording().prequentialLoss(0, problem.samples()) / SEEDS.length;
            }
            out.printf(
                    "  tuning %s on %s: learning rate %s, prequential loss %.4f%n", policy, problem.name(), rate, loss);
            if (!(loss < best)) continue;
            best = loss;
            chosen = rate;
        }
        for (int seed = 0; seed < SEEDS.length; seed++) runs.delete("tuning-" + seed);
        return chosen;
    }
}
