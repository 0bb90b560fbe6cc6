package dev.millrace.model.client;

import dev.millrace.model.snapshot.Aliases;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which version a reader wants: {@code newest}, that of an alias, always the same one, or, from a source that has them, the
 * parameters of the moment, which no checkpoint covers.
 *
 * @param word {@code newest}, {@code champion}, {@code candidate}, {@code live} or a version number
 */
public record VersionChoice(String word) {
    /** Simply the newest published version. */
    public static final VersionChoice NEWEST = new VersionChoice("newest");

    /** What a job sends between its checkpoints. What a failure takes back is trained anew, so its version may go back. */
    public static final VersionChoice LIVE = new VersionChoice("live");

    /** The names that a registry moves from version to version. */
    public static final List<String> ALIASES = List.of(Aliases.CHAMPION, Aliases.CANDIDATE);

    public VersionChoice {
        boolean name = word.equals("newest") || word.equals("live") || ALIASES.contains(word);
        if (!name && !word.matches("0|[1-9]\\d{0,17}")) {
            throw new IllegalArgumentException(
                    "a version must be newest, champion, candidate, live or a number >= 0. Received: " + word);
        }
    }

    /** Whether what it means changes by promotion alone, back as well as forth. */
    public boolean isAlias() {
        return ALIASES.contains(word);
    }

    /** Whether what it means is covered by no checkpoint. */
    public boolean isLive() {
        return word.equals("live");
    }

    /** The version itself; null for a name. */
    public @Nullable Long pinned() {
        return Character.isDigit(word.charAt(0)) ? Long.valueOf(word) : null;
    }

    @Override
    public String toString() {
        return word;
    }
}
