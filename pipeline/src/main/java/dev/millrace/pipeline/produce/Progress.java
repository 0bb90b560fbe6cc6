package dev.millrace.pipeline.produce;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Tells how far a run is: a bar that is drawn anew on a terminal, else a line now and then. */
final class Progress {
    private static final int CHECK_MASK = 0xFF; // the clock is read once in so many samples
    private static final int WIDTH = 30;

    private final PrintWriter out;
    private final boolean terminal;
    private final long expected;
    private final LongSupplier nanoTime;
    private final long start;
    private final long every;
    private long next;

    /** @param expected samples; {@link Long#MAX_VALUE} if unknown */
    Progress(PrintWriter out, boolean terminal, long expected, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.expected = expected;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.every = terminal ? 200_000_000L : 5_000_000_000L;
        this.next = start + every;
    }

    void sent(long samples) {
        if ((samples & CHECK_MASK) != 0) return;
        long now = nanoTime.getAsLong();
        if (now < next) return;
        next = now + every;
        if (terminal) out.print("\r" + line(samples, now));
        else out.println(line(samples, now));
        out.flush();
    }

    private String line(long samples, long now) {
        double perSecond = samples / Math.max(1e-9, (now - start) / 1e9);
        String count = String.format(Locale.ROOT, "%,d samples, %,.0f/s", samples, perSecond);
        if (expected == Long.MAX_VALUE) return count;
        int full = (int) (WIDTH * Math.min(samples, expected) / expected);
        return "[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "] " + count;
    }

    void finish(long samples) {
        if (terminal) out.print("\r");
        out.println(line(samples, nanoTime.getAsLong()));
        out.flush();
    }
}
