package dev.millrace.pipeline.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The known word nearest to a mistyped one. */
public final class DidYouMean {
    private DidYouMean() {}

    /** The candidate within a third of the word's length in edits, or null if all are farther away. */
    public static @Nullable String nearest(String word, Collection<String> candidates) {
        int limit = Math.max(1, word.length() / 3);
        String nearest = null;
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - word.length()) > limit) continue;
            int distance = distance(word, candidate);
            if (distance <= limit && (nearest == null || distance < distance(word, nearest))) nearest = candidate;
        }
        return nearest;
    }

    /** Edits (insert, delete, replace, swap neighbors) that turn one word into the other. */
    static int distance(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) edits[i][0] = i;
        for (int j = 0; j <= to.length(); j++) edits[0][j] = j;
        for (int i = 1; i <= from.length(); i++) {
            for (int j = 1; j <= to.length(); j++) {
                int replace = edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replace, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[from.length()][to.length()];
    }
}
