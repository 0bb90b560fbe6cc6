package dev.millrace.pipeline.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How a chart looks: muted grid, thin lines, a legend below the axis, colors that the color-blind tell apart. */
final class ChartStyle {
    static final Color INK = new Color(0x333333);
    private static final Color GRID = new Color(0xE4E4E4);
    private static final Color MARK = new Color(0x999999);

    /** Okabe and Ito, 2008. */
    private static final Color[] COLORS = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xE69F00),
        new Color(0x56B4E9),
        new Color(0x000000)
    };

    private static final BasicStroke LINE = new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final BasicStroke[] MARKS = {dashes(7, 4), dashes(2, 3), dashes(10, 2)};
    private static final BasicStroke HAIR = new BasicStroke(1);

    /** Room for the y axis, so that charts below each other are in line. */
    private static final int LEFT = 96;

    private ChartStyle() {}

    private static BasicStroke dashes(float drawn, float left) {
        return new BasicStroke(1.3f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {drawn, left}, 0);
    }

    /** @param lowest whether it is the one that labels the x axis */
    static XYChart draw(LineChart chart, Range x, boolean lowest, int width, int height) {
        XYChart drawn = new XYChart(width, height);
        drawn.setTitle(chart.title());
        drawn.setXAxisTitle(lowest ? chart.xLabel() : "");
        drawn.setYAxisTitle(chart.yLabel());
        style(drawn.getStyler());
        axes(drawn.getStyler(), chart, x);
        chart.series().forEach(series -> line(drawn, chart, series));
        chart.marks().forEach(mark -> mark(drawn, chart, mark));
        drawn.getStyler().setLegendVisible(drawn.getSeriesMap().size() > 1);
        return drawn;
    }

    private static void style(XYStyler styler) {
        styler.setLocale(Locale.ROOT);
        styler.setSeriesColors(COLORS);
        styler.setSeriesLines(new BasicStroke[] {LINE});
        styler.setSeriesMarkers(new Marker[] {SeriesMarkers.NONE});
        styler.setMarkerSize(6);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setChartFontColor(INK);
        styler.setXAxisTitleColor(INK);
        styler.setYAxisTitleColor(INK);
        styler.setAxisTickLabelsColor(INK);
        styler.setAxisTickMarksColor(MARK);
        styler.setAxisTickMarksStroke(HAIR);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(HAIR);
        styler.setChartTitleBoxVisible(false);
        styler.setChartTitleFont(Fonts.TITLE);
        styler.setAxisTitleFont(Fonts.LABEL);
        styler.setAxisTickLabelsFont(Fonts.TICK);
        styler.setLegendFont(Fonts.LABEL);
        styler.setLegendPosition(LegendPosition.OutsideS);
        styler.setLegendLayout(LegendLayout.Horizontal);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendBackgroundColor(Color.WHITE);
        styler.setLegendPadding(4);
        styler.setYAxisLeftWidthHint(LEFT);
        styler.setPlotContentSize(0.94);
        styler.setPlotMargin(0);
        styler.setChartPadding(14);
        styler.setXAxisTickMarkSpacingHint(130);
        styler.setAnnotationLineColor(MARK);
    }

    private static void axes(XYStyler styler, LineChart chart, Range points) {
        Range x = points.widened(chart.hasLogarithmicX());
        Range y = Range.ofY(chart).widened(chart.hasLogarithmicY());
        styler.setXAxisMin(x.min()).setXAxisMax(x.max());
        styler.setYAxisMin(y.min()).setYAxisMax(y.max());
        styler.setXAxisDecimalPattern(x.pattern());
        styler.setYAxisDecimalPattern(y.pattern());
        styler.setXAxisLogarithmic(chart.hasLogarithmicX());
        styler.setYAxisLogarithmic(chart.hasLogarithmicY());
        styler.setXAxisLogarithmicDecadeOnly(true);
        styler.setYAxisLogarithmicDecadeOnly(true);
    }

    private static void line(XYChart drawn, LineChart chart, LineChart.Series series) {
        double[] x = new double[series.x().length];
        double[] y = new double[x.length];
        int n = 0;
        for (int i = 0; i < x.length; i++) {
            if (!Double.isFinite(series.x()[i])) continue;
            x[n] = series.x()[i];
            y[n++] = chart.canDraw(series.x()[i], series.y()[i]) ? series.y()[i] : Double.NaN;
        }
        if (n == 0) return;
        XYSeries line = drawn.addSeries(series.name(), Arrays.copyOf(x, n), Arrays.copyOf(y, n));
        if (series.points()) line.setMarker(SeriesMarkers.CIRCLE);
    }

    /** The line itself, and once for each name an invisible series for the legend. */
    private static void mark(XYChart drawn, LineChart chart, LineChart.Mark mark) {
        if (!chart.canDraw(mark.x(), 1)) return;
        List<String> names =
                chart.marks().stream().map(LineChart.Mark::name).distinct().toList();
        BasicStroke stroke = MARKS[names.indexOf(mark.name()) % MARKS.length];
        drawn.addAnnotation(new MarkLine(mark.x(), stroke));
        if (drawn.getSeriesMap().containsKey(mark.name())) return;
        drawn.addSeries(mark.name(), new double[] {mark.x()}, new double[] {Double.NaN})
                .setLineColor(MARK)
                .setLineStyle(stroke);
    }

    /** A vertical line with a stroke of its own. */
    private static final class MarkLine extends AnnotationLine {
        private final BasicStroke stroke;

        MarkLine(double x, BasicStroke stroke) {
            super(x, true, false);
            this.stroke = stroke;
        }

        @Override
        public void paint(Graphics2D graphics) {
            styler.setAnnotationLineStroke(stroke);
            super.paint(graphics);
        }
    }
}
