package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gives each fixed size the learning rate of a grid with which it does best on a stream of another seed. */
final class Tuning {
    static final int[] SIZES = {16, 32, 64, 128, 256, 512, 1024, 2048, 4096};

    /** Half-decades. */
    static final double[] RATES = {0.03, 0.1, 0.3, 1, 3, 10};

    private Tuning() {}

    /** What counts as best. */
    interface Score {
        /** Of a pass; the smaller the better. */
        double of(PlainLoop.Pass pass);
    }

    /**
     * @param best smallest final test loss of all sizes and rates
     * @param rates by size
     */
    record Tuned(double best, Map<Integer, Double> rates) {}

    /** Fewest samples until the test loss is within {@code factor} of the best one; for who never gets there, the loss. */
    static Tuned toTarget(
            ModelSpec spec,
            SampleBatch samples,
            SampleBatch test,
            long seed,
            double factor,
            double from,
            PrintStream out) {
        PlainLoop.Pass[][] passes = passes(spec, samples, test, seed);
        double best = Double.POSITIVE_INFINITY;
        for (PlainLoop.Pass[] ofSize : passes) {
            for (PlainLoop.Pass pass : ofSize) best = Math.min(best, pass.finalLoss());
        }
        double target = factor * best;
        return new Tuned(best, choose(passes, out, pass -> {
            double share = pass.shareTo(target, from);
            return Double.isFinite(share) ? share : 1 + pass.finalLoss();
        }));
    }

    /** Least prequential loss. */
    static Tuned prequential(ModelSpec spec, SampleBatch samples, SampleBatch test, long seed, PrintStream out) {
        return new Tuned(Double.NaN, choose(passes(spec, samples, test, seed), out, PlainLoop.Pass::prequentialLoss));
    }

    private static PlainLoop.Pass[][] passes(ModelSpec spec, SampleBatch samples, SampleBatch test, long seed) {
        PlainLoop.Pass[][] passes = new PlainLoop.Pass[SIZES.length][RATES.length];
        for (int s = 0; s < SIZES.length; s++) {
            for (int r = 0; r < RATES.length; r++) {
                passes[s][r] = PlainLoop.sgd(spec, samples, test, SIZES[s], RATES[r], seed);
            }
        }
        return passes;
    }

    private static Map<Integer, Double> choose(PlainLoop.Pass[][] passes, PrintStream out, Score score) {
        Map<Integer, Double> chosen = new LinkedHashMap<>();
        for (int s = 0; s < SIZES.length; s++) {
            int best = 0;
            for (int r = 1; r < RATES.length; r++) {
                if (score.of(passes[s][r]) < score.of(passes[s][best])) best = r;
            }
            chosen.put(SIZES[s], RATES[best]);
            out.printf(
                    "  tuned fixed %-5d learning rate %-5s score %.4f  prequential %.4f  final test %.4f%s%n",
                    SIZES[s],
                    RATES[best],
                    score.of(passes[s][best]),
                    passes[s][best].prequentialLoss(),
                    passes[s][best].finalLoss(),
                    best == 0 || best == RATES.length - 1 ? "  (edge of the grid)" : "");
        }
        return chosen;
    }
}
