package dev.millrace.pipeline.server;

import java.util.List;

/** Reports for tests; what matters to one is set there. */
public final class ReportFixture {
    private ReportFixture() {}

    /** Of a binary model with words for its classes. */
    public static StepReport binary(String model, List<ClassReport> classes) {
        return binary(model, classes, AliasReport.NONE);
    }

    public static StepReport binary(String model, List<ClassReport> classes, AliasReport aliases) {
        ScoreReport scores = new ScoreReport(
                0.81, 0.82, 0.83, 0.0123, 0.14, Double.NaN, Double.NaN, Double.NaN, Double.NaN, classes);
        BatchReport batch =
                new BatchReport("plateau", 256, 310.4, 0.1, "live", "none", false, 2, 24_000, 120, 1e-4, 1e-6);
        return new StepReport(
                model, 1_000, 12, 7, 11, 3_204, 240, 0.5, 0.43, 0.44, 0.45, 0.8, 0.87, scores, 256, batch, 0.01, 0.13,
                0, 0, 900, List.of(), aliases);
    }
}
