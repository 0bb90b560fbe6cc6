package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.deadletter.Letter;
import dev.millrace.pipeline.deadletter.LetterList;
import dev.millrace.pipeline.deadletter.Standing;
import dev.millrace.pipeline.deadletter.Tally;
import dev.millrace.pipeline.publish.OneLine;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Dead letters in words. What comes from records is made safe for a terminal. */
final class LetterText {
    private static final int MAX_DETAIL = 300;
    private static final int MAX_NAME = 60;

    private final PrintWriter out;

    LetterText(PrintWriter out) {
        this.out = out;
    }

    void list(String topic, LetterList list) {
        out.printf("%-18s %-24s %9s %9s  %-20s  %s%n", "reason", "topic", "partition", "letters", "first", "last");
        for (LetterList.Group group : list.groups()) {
            out.printf(
                    "%-18s %-24s %9d %,9d  %-20s  %s%n",
                    OneLine.of(group.reason(), MAX_NAME),
                    group.topic(),
                    group.partition(),
                    group.letters(),
                    time(group.first()),
                    time(group.last()));
        }
        out.printf("%,d letter(s) in %s%n", list.tally().letters(), topic);
        standings(list.tally(), true);
        if (!list.newest().isEmpty()) out.printf("%nThe newest:%n");
        for (LetterList.Shown shown : list.newest()) example(shown);
        out.flush();
    }

    private void example(LetterList.Shown shown) {
        Letter letter = shown.letter();
        String mark = letter.mark() == null ? "" : ", sent " + letter.mark().attempt() + " time(s) before";
        out.printf(
                "%s  %s  %s  %,d bytes, %s%s%n    %s%n",
                time(letter.written()),
                OneLine.of(letter.reason(), MAX_NAME),
                letter.source(),
                letter.valueLength(),
                shown.standing().words(),
                mark,
                OneLine.of(letter.detail(), MAX_DETAIL));
    }

    /** A line now and then would be lost in a log; one for each transaction is a sign of life. */
    void sentSoFar(long records) {
        out.printf("%,d sent%n", records);
        out.flush();
    }

    void replayed(Tally tally, boolean dryRun) {
        tally.targets()
                .forEach((topic, records) -> out.printf(
                        dryRun ? "%,d record(s) would go to %s%n" : "%,d record(s) were sent to %s%n", records, topic));
        if (tally.targets().isEmpty()) out.println(dryRun ? "Nothing would be sent." : "Nothing was sent.");
        standings(tally, false);
        out.flush();
    }

    private void standings(Tally tally, boolean withOpen) {
        for (Standing standing : Standing.values()) {
            if (standing == Standing.OPEN && !withOpen) continue;
            if (tally.of(standing) > 0) out.printf("%,9d %s%n", tally.of(standing), standing.words());
        }
        if (tally.strange() > 0) out.printf("%,9d record(s) beside them that are no letters%n", tally.strange());
    }

    private static Instant time(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS);
    }
}
