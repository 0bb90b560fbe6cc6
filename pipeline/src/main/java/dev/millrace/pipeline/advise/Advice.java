package dev.millrace.pipeline.advise;

import dev.millrace.pipeline.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** What was measured and what follows from it. */
public final class Advice {
    private final Study study;
    private final Recommendation recommendation;
    private final String text;

    private Advice(Study study) {
        Findings findings = Findings.of(study);
        this.study = study;
        this.recommendation = Recommendation.of(findings);
        this.text = AdviceText.of(findings, recommendation);
    }

    /**
     * Trains the configured model on the samples in many ways and says which is best.
     *
     * @param nanoTime a clock in nanoseconds
     * @param progress is told the share of the time that is over
     * @throws IllegalArgumentException naming what the samples or settings lack
     */
    public static Advice measure(
            TrainingConfig config,
            RecentSamples samples,
            SweepSettings settings,
            LongSupplier nanoTime,
            Consumer<Double> progress) {
        return new Advice(Sweep.run(config, samples, settings, nanoTime, progress));
    }

    static Advice of(Study study) {
        return new Advice(study);
    }

    Recommendation recommendation() {
        return recommendation;
    }

    /** For a terminal of 80 columns. */
    public String text() {
        return text;
    }

    /** Writes {@code advice.csv} into a directory, which is made if it is missing. */
    public void writeTable(Path directory) throws IOException {
        Files.createDirectories(directory);
        new AdviceFiles(study, recommendation).writeCsv(directory.resolve("advice.csv"));
    }

    /**
     * Writes {@code advice.svg} and {@code advice.png} into a directory.
     *
     * @throws IllegalStateException if this machine has no fonts, saying what to install
     */
    public void writeCharts(Path directory) throws IOException {
        new AdviceFiles(study, recommendation).drawTo(directory);
    }
}
