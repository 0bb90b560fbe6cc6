package dev.millrace.pipeline.local;

import dev.millrace.pipeline.server.BatchReport;
import dev.millrace.pipeline.server.StepReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Turns a {@link LiveStatus} into text: a screen for a terminal, a line for a log. Pure. */
final class LiveView {

    /** A report older than this is shown with its age: the numbers no longer move. */
    private static final long STALE_MILLIS = 3_000;

    /** Columns of a row but for its note; where less than the shortest note is left, a row becomes two lines. */
    private static final int PAIRS = 58;

    private static final int SHORTEST_NOTE = 14;

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
        row(
                lines,
                "samples/s",
                count(Math.round(LiveHistory.rate(report))),
                curve(status.rates(), width),
                "total",
                count(report.totalSamples()),
                width);
        row(
                lines,
                "loss",
                number(report.loss()),
                curve(status.losses(), width),
                "window",
                number(report.windowLoss()),
                width);
        if (!Double.isNaN(report.accuracy()) || !Double.isNaN(report.auc())) {
            row(lines, "accuracy", percent(report.accuracy()), calibration(report), "AUC", number(report.auc()), width);
        }
        if (!Double.isNaN(report.scores().rmse())) {
            row(
                    lines,
                    "RMSE",
                    significant(report.scores().rmse()),
                    "",
                    "R2",
                    number(report.scores().r2()),
                    width);
        }
        row(
                lines,
                "batch size",
                count(report.batchSize()),
                report.batch().reason(),
                "steps",
                count(report.steps()),
                width);
        BatchReport batch = report.batch();
        row(
                lines,
                "noise scale",
                significant(batch.noiseScale()),
                batch.regime() + (batch.overloaded() ? ", overloaded" : ""),
                "drifts",
                count(batch.drifts()),
                width);
        row(
                lines,
                "learning rate",
                significant(report.learningRate()),
                "",
                "gradient norm",
                significant(report.gradientNorm()),
                width);
        row(
                lines,
                "version",
                count(report.version()),
                stale(status, report),
                "freshness",
                freshness(status, report),
                width);
        row(
                lines,
                "published",
                published(status),
                publishedAge(status),
                "refused steps",
                count(report.refusedSteps()),
                width);
        Long champion = report.aliases().champion();
        if (champion != null) {
            String pinned = report.aliases().pinned() ? "pinned" : "";
            row(
                    lines,
                    "champion",
                    count(champion),
                    pinned,
                    "revision",
                    count(report.aliases().revision()),
                    width);
        }
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
        line.append("  published ").append(published(status)).append(champion(report));
        line.append("  freshness ").append(freshness(status, report));
        return line.toString();
    }

    private static void row(
            List<String> lines, String name, String value, String note, String name2, String value2, int width) {
        int room = noteWidth(width);
        String left = String.format(Locale.ROOT, "  %-14s%12s  %-" + room + "s", name, value, cut(note, room));
        String right = String.format(Locale.ROOT, "  %-14s%12s", name2, value2);
        if (isNarrow(width)) {
            lines.add(fit(left, width));
            lines.add(fit(right, width));
        } else {
            lines.add(fit(left + right, width));
        }
    }

    private static boolean isNarrow(int width) {
        return width < PAIRS + SHORTEST_NOTE;
    }

    private static int noteWidth(int width) {
        return isNarrow(width) ? width - PAIRS / 2 - 1 : Math.min(LiveHistory.POINTS, width - PAIRS);
    }

    /** The newest points that there is room for. */
    private static String curve(double[] points, int width) {
        int from = Math.max(0, points.length - noteWidth(width));
        return Sparkline.of(Arrays.copyOfRange(points, from, points.length));
    }

    private static String calibration(StepReport report) {
        double error = report.scores().calibrationError();
        return Double.isNaN(error) ? "" : "ECE " + number(error);
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

    /** Empty before the first. */
    private static String champion(StepReport report) {
        Long champion = report.aliases().champion();
        if (champion == null) return "";
        return ", champion " + count(champion) + (report.aliases().pinned() ? ", pinned" : "");
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
