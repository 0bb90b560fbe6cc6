package dev.millrace.pipeline.plot;

import java.util.List;

/** From the smallest to the largest of what is drawn along an axis. */
record Range(double min, double max) {
    private static final Range NONE = new Range(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

    /** @throws IllegalArgumentException naming a chart without a point to draw */
    static Range ofX(List<LineChart> charts) {
        Range range = NONE;
        for (LineChart chart : charts) {
            Range points = of(chart, true);
            range = range.with(points.min).with(points.max);
            for (LineChart.Mark mark : chart.marks()) {
                if (chart.canDraw(mark.x(), 1)) range = range.with(mark.x());
            }
        }
        return range;
    }

    /** @throws IllegalArgumentException naming a chart without a point to draw */
    static Range ofY(LineChart chart) {
        Range range = of(chart, false);
        return chart.startsAtZero() && !chart.hasLogarithmicY() ? range.with(0) : range;
    }

    private static Range of(LineChart chart, boolean horizontal) {
        Range range = NONE;
        for (LineChart.Series series : chart.series()) {
            for (int i = 0; i < series.x().length; i++) {
                if (!chart.canDraw(series.x()[i], series.y()[i])) continue;
                range = range.with(horizontal ? series.x()[i] : series.y()[i]);
            }
        }
        if (range.min > range.max) {
            throw new IllegalArgumentException("the chart " + chart.title() + " has no point that can be drawn");
        }
        return range;
    }

    private Range with(double value) {
        return new Range(Math.min(min, value), Math.max(max, value));
    }

    /** Room for a single value, and on a logarithmic axis for the labels of two powers of ten. */
    Range widened(boolean logarithmic) {
        if (logarithmic) return toTwoPowersOfTen();
        if (min < max) return this;
        double room = min == 0 ? 1 : Math.abs(min) / 10;
        return new Range(min - room, max + room);
    }

    private Range toTwoPowersOfTen() {
        double low = Math.log10(min);
        double high = Math.log10(max);
        while (Math.floor(high) - Math.ceil(low) < 1) {
            double below = Math.ceil(low) - 1;
            double above = Math.floor(high) + 1;
            if (low - below < above - high) low = below;
            else high = above;
        }
        return new Range(Math.pow(10, low), Math.pow(10, high));
    }

    /** Of the numbers along the axis, in the words of {@link java.text.DecimalFormat}. */
    String pattern() {
        double largest = Math.max(Math.abs(min), Math.abs(max));
        if (largest >= 1e7 || largest < 1e-3 || (min > 0 && min < 1e-5)) return "0.##E0";
        return largest >= 10 ? "#,##0.##" : "0.######";
    }
}
