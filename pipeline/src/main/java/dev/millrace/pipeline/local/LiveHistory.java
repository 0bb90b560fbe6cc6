package dev.millrace.pipeline.local;

import dev.millrace.pipeline.server.StepReport;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The last reports, as the live view needs them. Thread safe: one thread reads topics, another draws. */
final class LiveHistory {

    /** Points of a curve. */
    static final int POINTS = 24;

    private final String model;
    private final Deque<StepReport> reports = new ArrayDeque<>();
    private long publishedVersion;
    private long publishedAt;

    LiveHistory(String model) {
        this.model = model;
    }

    synchronized void add(StepReport report) {
        if (report.samples() == 0) return; // tells of a command alone
        if (reports.size() == POINTS) {
            reports.removeFirst();
        }
        reports.addLast(report);
    }

    /** @param time milliseconds since the epoch */
    synchronized void published(long version, long time) {
        if (version == publishedVersion) return; // its aliases alone have moved
        publishedVersion = version;
        publishedAt = time;
    }

    synchronized LiveStatus at(long now, long elapsedMillis) {
        @Nullable StepReport newest = reports.peekLast();
        return new LiveStatus(
                model,
                now,
                elapsedMillis,
                newest,
                reports.stream().mapToDouble(LiveHistory::rate).toArray(),
                reports.stream().mapToDouble(StepReport::loss).toArray(),
                publishedVersion,
                publishedAt);
    }

    /** Samples per second of one report. */
    static double rate(StepReport report) {
        return report.seconds() > 0 ? report.samples() / report.seconds() : 0;
    }
}
