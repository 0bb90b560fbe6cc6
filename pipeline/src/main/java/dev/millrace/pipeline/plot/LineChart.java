package dev.millrace.pipeline.plot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Named series over one x axis, as data; {@link Figure} draws it.
 *
 * <pre>{@code
 * new LineChart("Loss", "samples", "loss (nats)")
 *         .logarithmicX()
 *         .series("batch 32", samples, losses)
 *         .mark("drift", 20_000)
 *         .writeSvg(Path.of("loss.svg"));
 * }</pre>
 *
 * <p>A point that is not finite, or not above 0 on a logarithmic axis, leaves a gap in its line.
 */
public final class LineChart {
    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final List<Series> series = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private boolean logarithmicX;
    private boolean logarithmicY;
    private boolean fromZero;

    /** A line; x and y are equally long. */
    record Series(String name, double[] x, double[] y, boolean points) {}

    /** A vertical line. */
    record Mark(String name, double x) {}

    /** @param xLabel with its unit, as {@code yLabel} */
    public LineChart(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** Powers of ten at equal distances on the x axis. */
    public LineChart logarithmicX() {
        logarithmicX = true;
        return this;
    }

    /** Powers of ten at equal distances on the y axis. */
    public LineChart logarithmicY() {
        logarithmicY = true;
        return this;
    }

    /** Begins the y axis at 0, so that what hardly varies looks so. */
    public LineChart fromZero() {
        fromZero = true;
        return this;
    }

    /**
     * Adds a line, for a course of many values.
     *
     * @param name in the legend; another than those before
     * @param x of each point, in order
     * @param y of each point
     */
    public LineChart series(String name, double[] x, double[] y) {
        return add(name, x, y, false);
    }

    /** Adds a line with a dot at each value, for few values that were measured one by one. */
    public LineChart points(String name, double[] x, double[] y) {
        return add(name, x, y, true);
    }

    private LineChart add(String name, double[] x, double[] y, boolean points) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    name + " must have as many x as y. Received: " + x.length + " and " + y.length);
        }
        if (isTaken(name)) throw new IllegalArgumentException("a chart's series need different names. Twice: " + name);
        series.add(new Series(name, x.clone(), y.clone(), points));
        return this;
    }

    private boolean isTaken(String name) {
        return series.stream().anyMatch(s -> s.name().equals(name))
                || marks.stream().anyMatch(m -> m.name().equals(name));
    }

    /** Adds a vertical line, such as one for each drift; those of equal names share an entry of the legend. */
    public LineChart mark(String name, double x) {
        if (series.stream().anyMatch(s -> s.name().equals(name))) {
            throw new IllegalArgumentException("a mark needs another name than the series. Received: " + name);
        }
        marks.add(new Mark(name, x));
        return this;
    }

    /** As a vector graphic. See {@link Figure#writeSvg}. */
    public void writeSvg(Path file) throws IOException {
        Figure.of(this).writeSvg(file);
    }

    /** As an image. See {@link Figure#writePng}. */
    public void writePng(Path file) throws IOException {
        Figure.of(this).writePng(file);
    }

    String title() {
        return title;
    }

    String xLabel() {
        return xLabel;
    }

    String yLabel() {
        return yLabel;
    }

    boolean hasLogarithmicX() {
        return logarithmicX;
    }

    boolean startsAtZero() {
        return fromZero;
    }

    boolean hasLogarithmicY() {
        return logarithmicY;
    }

    List<Series> series() {
        return series;
    }

    List<Mark> marks() {
        return marks;
    }

    /** Whether a point can be drawn. */
    boolean canDraw(double x, double y) {
        return Double.isFinite(x) && Double.isFinite(y) && (!logarithmicX || x > 0) && (!logarithmicY || y > 0);
    }
}
