package dev.millrace.model.client;

import dev.millrace.model.snapshot.Aliases;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which version a reader wants: {@code newest}, that of an alias, or always the same one.
 *
 * @param word {@code newest}, {@code champion}, {@code candidate} or a version number
 */
public record VersionChoice(String word) {
    /** Simply the newest published version. */
    public static final VersionChoice NEWEST = new VersionChoice("newest");

    /** The names that a registry moves from version to version. */
    public static final List<String> ALIASES = List.of(Aliases.CHAMPION, Aliases.CANDIDATE);

    public VersionChoice {
        if (!word.equals("newest") && !ALIASES.contains(word) && !word.matches("0|[1-9]\\d{0,17}")) {
            throw new IllegalArgumentException(
                    "a version must be newest, champion, candidate or a number >= 0. Received: " + word);
        }
    }

    /** Whether what it means changes by promotion alone, back as well as forth. */
    public boolean isAlias() {
        return ALIASES.contains(word);
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
