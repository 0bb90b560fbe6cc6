package dev.millrace.model.client;

import org.jspecify.annotations.Nullable;

/**
 * What was refused last. It is tried again, as a copy may be completed or repaired, but ever more rarely, up to each 64th
 * poll: reading a large file in vain costs as much as reading a good one.
 */
final class Refusals {
    private static final int LONGEST_PAUSE = 64;

    private @Nullable String what;
    private @Nullable String why;
    private int pause;
    private int polls;

    /** Whether it is time to try; one call is one poll. */
    boolean isDue(String target) {
        if (!target.equals(what)) return true;
        return ++polls >= pause;
    }

    /** Remembers a refusal; returns whether it is news. */
    boolean add(String target, String reason) {
        boolean sameTarget = target.equals(what);
        boolean news = !sameTarget || !reason.equals(why);
        pause = sameTarget ? Math.min(2 * pause, LONGEST_PAUSE) : 1;
        polls = 0;
        what = target;
        why = reason;
        return news;
    }

    void clear() {
        what = null;
        why = null;
    }
}
