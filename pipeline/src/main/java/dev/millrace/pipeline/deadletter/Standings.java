package dev.millrace.pipeline.deadletter;

import java.util.HashSet;
import java.util.Set;

/** Tells letters apart by what a replay does with them. Asked once for each, in the order of the topic. */
final class Standings {
    private final Set<RecordPosition> replayed;
    private final boolean again;
    private final Set<RecordPosition> seen = new HashSet<>();

    /**
     * @param replayed sources of the letters that earlier replays sent
     * @param again whether records may be sent that were refused after a replay
     */
    Standings(Set<RecordPosition> replayed, boolean again) {
        this.replayed = replayed;
        this.again = again;
    }

    Standing of(Letter letter) {
        if (replayed.contains(letter.source())) return Standing.REPLAYED;
        if (!seen.add(letter.source())) return Standing.REPEATED;
        if (letter.truncated()) return Standing.TRUNCATED;
        return letter.mark() != null && !again ? Standing.FAILED_AGAIN : Standing.OPEN;
    }
}
