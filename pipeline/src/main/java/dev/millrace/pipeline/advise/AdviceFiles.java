package dev.millrace.pipeline.advise;

import dev.millrace.model.spec.Loss;
import dev.millrace.pipeline.plot.Figure;
import dev.millrace.pipeline.plot.LineChart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The numbers of a study as {@code advice.csv}, and drawn as {@code advice.svg} and {@code advice.png}. */
final class AdviceFiles {
    private static final String HEADER = "size,samples_per_second,steps_per_second,memory_bytes,cores,noise_scale,"
            + "learning_rate,rate_at_edge,loss,loss_standard_deviation,runs,accuracy,equal_time_samples,"
            + "equal_time_learning_rate,equal_time_loss,equal_time_loss_standard_deviation";

    private final Study study;
    private final Recommendation recommendation;
    private final double[] sizes;

    AdviceFiles(Study study, Recommendation recommendation) {
        this.study = study;
        this.recommendation = recommendation;
        this.sizes = values(Measurement::size);
    }

    /** What is unknown is an empty cell. */
    void writeCsv(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        for (Measurement m : study.measurements()) {
            lines.add(String.join(
                    ",",
                    String.valueOf(m.size()),
                    number(m.samplesPerSecond()),
                    number(m.timing().stepsPerSecond()),
                    String.valueOf(m.memoryBytes()),
                    number(m.timing().cores()),
                    number(m.noiseScale()),
                    number(m.learningRate()),
                    m.edge().name().toLowerCase(Locale.ROOT),
                    number(m.loss().mean()),
                    number(Math.sqrt(m.loss().variance())),
                    String.valueOf(m.loss().count()),
                    number(m.accuracy()),
                    String.valueOf(m.timedSamples()),
                    number(m.timedRate()),
                    number(m.timedLoss().mean()),
                    number(Math.sqrt(m.timedLoss().variance()))));
        }
        Files.write(file, lines);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : Double.isInfinite(value) ? "inf" : String.format(Locale.ROOT, "%.6g", value);
    }

    /** @throws IllegalStateException if this machine has no fonts */
    void drawTo(Path directory) throws IOException {
        Figure figure = Figure.stacked("What the batch size does to model " + study.model(), charts());
        figure.writeSvg(directory.resolve("advice.svg"));
        figure.writePng(directory.resolve("advice.png"));
    }

    private List<LineChart> charts() {
        List<LineChart> charts = new ArrayList<>();
        charts.add(marked(chart("Loss, lower is better", lossLabel())
                .points(
                        "all samples, each before it is learnt from",
                        sizes,
                        values(m -> m.loss().mean()))
                .points(
                        "last tenth, after equal time",
                        sizes,
                        values(m -> m.timedLoss().mean()))));
        charts.add(marked(chart("Throughput of one worker, engine alone", "per second")
                .logarithmicY()
                .points("samples/s", sizes, values(Measurement::samplesPerSecond))
                .points("steps/s", sizes, values(m -> m.timing().stepsPerSecond()))));
        double[] noise = values(Measurement::noiseScale);
        if (hasFinite(noise)) {
            charts.add(chart("Noise scale of the gradient", "samples")
                    .logarithmicY()
                    .points("noise scale", sizes, noise)
                    .series("as large as the batch", sizes, sizes));
        }
        charts.add(chart("Best learning rate", "learning rate")
                .logarithmicY()
                .points("learning rate", sizes, values(Measurement::learningRate)));
        charts.add(chart("Memory of one worker", "MiB")
                .logarithmicY()
                .points("memory", sizes, values(m -> m.memoryBytes() / 1048576.0)));
        charts.add(chart("Processor use", "cores")
                .fromZero()
                .points("cores", sizes, values(m -> m.timing().cores())));
        return charts;
    }

    private String lossLabel() {
        return study.loss() == Loss.CATEGORICAL_CROSSENTROPY || study.loss() == Loss.BINARY_CROSSENTROPY
                ? "loss (nats)"
                : "loss";
    }

    private static LineChart chart(String title, String unit) {
        return new LineChart(title, "batch size (samples)", unit).logarithmicX();
    }

    private LineChart marked(LineChart chart) {
        chart.mark("recommended size", recommendation.size());
        if (recommendation.policy().equals("auto")) {
            chart.mark("recommended bounds", recommendation.min()).mark("recommended bounds", recommendation.max());
        }
        return chart;
    }

    private double[] values(ToDoubleFunction<Measurement> of) {
        return study.measurements().stream().mapToDouble(of).toArray();
    }

    private static boolean hasFinite(double[] values) {
        for (double value : values) {
            if (Double.isFinite(value) && value > 0) return true;
        }
        return false;
    }
}
