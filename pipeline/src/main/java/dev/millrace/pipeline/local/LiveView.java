package dev.millrace.pipeline.local;

import dev.millrace.pipeline.server.BatchReport;
import dev.millrace.pipeline.server.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Turns a {@link LiveStatus} into text: a screen for a terminal, a line for a log. Pure. */
final class LiveView {

    /** A report older than this is shown with its age: the numbers no longer move. */
    private static final long STALE_MILLIS = 3_000;

    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private LiveView() {}

    /**
     * @param width columns of the terminal; no line is longer
     * @param color whether escape sequences for bold and dim may be used
     */
    static List<String> screen(LiveStatus status, int width, boolean color) {
        List<String> lines = new ArrayList<>();
        String right = "running " + clock(status.elapsedMillis());
        String left = "millrace local  " + status.model();
        lines.add(style(
                fit(left + " ".repeat(Math.max(2, width - left.length() - right.length())) + right, width),
                BOLD,
                color));
        lines.add(style("─".repeat(width), DIM, color));
        StepReport report = status.report();
        if (report == null) {
            lines.add(fit("waiting for the first step", width));
            return lines;
        }
        lines.add(row(
                "samples/s",
                count(Math.round(LiveHistory.rate(report))),
                Sparkline.of(status.rates()),
                "total",
                count(report.totalSamples()),
                width));
        lines.add(row(
                "loss",
                number(report.loss()),
                Sparkline.of(status.losses()),
                "window",
                number(report.windowLoss()),
                width));
        if (!Double.isNaN(report.accuracy()) || !Double.isNaN(report.auc())) {
            lines.add(row("accuracy", percent(report.accuracy()), "", "AUC", number(report.auc()), width));
        }
        lines.add(row(
                "batch size",
                count(report.batchSize()),
                report.batch().reason(),
                "steps",
                count(report.steps()),
                width));
        BatchReport batch = report.batch();
        lines.add(row(
                "noise scale",
                significant(batch.noiseScale()),
                batch.regime() + (batch.overloaded() ? ", overloaded" : ""),
                "drifts",
                count(batch.drifts()),
                width));
        lines.add(row(
                "learning rate",
                significant(report.learningRate()),
                "",
                "gradient norm",
                significant(report.gradientNorm()),
                width));
        lines.add(row(
                "version",
                count(report.version()),
                stale(status, report),
                "freshness",
                freshness(status, report),
                width));
        lines.add(row(
                "published",
                published(status),
                publishedAge(status),
                "refused steps",
                count(report.refusedSteps()),
                width));
        return lines;
    }

    /** One line, without escape sequences. */
    static String line(LiveStatus status) {
        StringBuilder line = new StringBuilder(clock(status.elapsedMillis()));
        StepReport report = status.report();
        if (report == null) {
            return line.append("  waiting for the first step").toString();
        }
        line.append("  ").append(count(Math.round(LiveHistory.rate(report)))).append(" samples/s");
        line.append("  loss ").append(number(report.loss()));
        if (!Double.isNaN(report.accuracy())) {
            line.append("  accuracy ").append(percent(report.accuracy()));
        }
        if (!Double.isNaN(report.auc())) {
            line.append("  AUC ").append(number(report.auc()));
        }
        line.append("  batch ").append(count(report.batchSize()));
        line.append("  lr ").append(significant(report.learningRate()));
        line.append("  version ").append(count(report.version()));
        line.append("  published ").append(published(status));
        line.append("  freshness ").append(freshness(status, report));
        return line.toString();
    }

    private static String row(String name, String value, String note, String name2, String value2, int width) {
        String left = String.format(
                Locale.ROOT, "  %-14s%12s  %-" + LiveHistory.POINTS + "s", name, value, cut(note, LiveHistory.POINTS));
        return fit(left + String.format(Locale.ROOT, "  %-14s%12s", name2, value2), width);
    }

    private static String stale(LiveStatus status, StepReport report) {
        long age = status.now() - report.time();
        return age > STALE_MILLIS ? "last report " + seconds(age) + " ago" : "";
    }

    private static String freshness(LiveStatus status, StepReport report) {
        return report.maxEventTime() > 0 ? seconds(Math.max(0, status.now() - report.maxEventTime())) : "-";
    }

    private static String published(LiveStatus status) {
        return status.publishedVersion() > 0 ? count(status.publishedVersion()) : "-";
    }

    private static String publishedAge(LiveStatus status) {
        return status.publishedVersion() > 0 ? seconds(Math.max(0, status.now() - status.publishedAt())) + " ago" : "";
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static String percent(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * value);
    }

    private static String significant(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3g", value);
    }

    private static String seconds(long millis) {
        return millis < 120_000
                ? String.format(Locale.ROOT, "%.1f s", millis / 1e3)
                : String.format(Locale.ROOT, "%,d min", millis / 60_000);
    }

    private static String clock(long millis) {
        long seconds = millis / 1_000;
        return String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }

    private static String fit(String line, int width) {
        return cut(line, width).stripTrailing();
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, Math.max(0, length - 1)) + "…";
    }

    private static String style(String line, String style, boolean color) {
        return color ? style + line + PLAIN : line;
    }
}
