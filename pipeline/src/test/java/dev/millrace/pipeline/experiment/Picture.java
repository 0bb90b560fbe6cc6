package dev.millrace.pipeline.experiment;

import dev.millrace.pipeline.plot.Figure;
import dev.millrace.pipeline.plot.LineChart;
import dev.millrace.pipeline.server.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Batch, noise scale, learning rate and loss of a run over time, with its drifts. */
record Picture(Path directory) {

    void draw(String name, List<StepReport> reports) throws IOException {
        if (reports.size() < 2) return;
        Files.createDirectories(directory);
        double[] seconds =
                figures(reports, report -> (report.time() - reports.get(0).time()) / 1e3);
        Figure figure = Figure.stacked(
                name,
                List.of(
                        chart("batch size (samples)", seconds, reports, StepReport::batchSize)
                                .logarithmicY(),
                        chart(
                                        "noise scale (samples)",
                                        seconds,
                                        reports,
                                        r -> r.batch().noiseScale())
                                .logarithmicY(),
                        chart("learning rate", seconds, reports, StepReport::learningRate)
                                .logarithmicY(),
                        chart("loss", seconds, reports, StepReport::loss)));
        String file = name.replaceAll("[^A-Za-z0-9]+", "-");
        figure.writeSvg(directory.resolve(file + ".svg"));
        figure.writePng(directory.resolve(file + ".png"));
    }

    private static LineChart chart(
            String what, double[] seconds, List<StepReport> reports, ToDoubleFunction<StepReport> figure) {
        LineChart chart = new LineChart(what, "time (s)", what).series(what, seconds, figures(reports, figure));
        for (int i = 1; i < seconds.length; i++) {
            if (reports.get(i).batch().drifts() > reports.get(i - 1).batch().drifts()) chart.mark("drift", seconds[i]);
        }
        return chart;
    }

    private static double[] figures(List<StepReport> reports, ToDoubleFunction<StepReport> figure) {
        return reports.stream().mapToDouble(figure).toArray();
    }
}
