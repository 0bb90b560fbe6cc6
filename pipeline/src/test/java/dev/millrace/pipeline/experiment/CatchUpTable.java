package dev.millrace.pipeline.experiment;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Settings beside each other, and each policy against the fixed size that was best in hindsight. */
record CatchUpTable(List<CatchUp.Scored> scores) {

    void print(PrintStream out) {
        out.printf(
                "  %-14s %6s %12s %12s %11s %11s %9s %9s %7s%n",
                "setting",
                "rate",
                "s to target",
                "steps to it",
                "final loss",
                "preq. loss",
                "s in all",
                "steps",
                "resets");
        for (CatchUp.Scored of : scores) {
            out.printf(
                    "  %-14s %6s %12.3f %12.0f %11.4f %11.4f %9.2f %9.0f %7.1f%n",
                    of.setting().name(),
                    of.setting().learningRate(),
                    of.mean(CatchUp.Score::seconds),
                    of.mean(CatchUp.Score::steps),
                    of.mean(CatchUp.Score::finalLoss),
                    of.mean(CatchUp.Score::prequentialLoss),
                    of.mean(CatchUp.Score::allSeconds),
                    of.mean(CatchUp.Score::allSteps),
                    of.mean(CatchUp.Score::drifts));
        }
        CatchUp.Scored fastest = bestFixed(CatchUp.Score::seconds);
        CatchUp.Scored lowest = bestFixed(CatchUp.Score::prequentialLoss);
        for (CatchUp.Scored of : scores) {
            if (of.setting().isFixed()) continue;
            out.printf(
                    "  %s / %s: seconds %s, steps %s; / %s: prequential loss %s%n",
                    of.setting().name(),
                    fastest.setting().name(),
                    of.against(fastest, CatchUp.Score::seconds),
                    of.against(fastest, CatchUp.Score::steps),
                    lowest.setting().name(),
                    of.against(lowest, CatchUp.Score::prequentialLoss));
        }
    }

    private CatchUp.Scored bestFixed(ToDoubleFunction<CatchUp.Score> figure) {
        return scores.stream()
                .filter(of -> of.setting().isFixed())
                .min(Comparator.comparingDouble(of -> of.mean(figure)))
                .orElseThrow();
    }
}
