package dev.millrace.pipeline.dataset;

import java.util.HashSet;
import java.util.List;

/** Words that stand for the labels 0, 1, ... in their order. */
final class ClassLabels {
    private final List<String> words;

    /** @param words none if labels are numbers */
    ClassLabels(List<String> words) {
        if (words.contains("") || new HashSet<>(words).size() < words.size()) {
            throw new IllegalArgumentException("--classes must be different words. Received: " + words);
        }
        this.words = List.copyOf(words);
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    /** The label of a word; -1 if it is none. */
    int of(char[] text, int begin, int end) {
        for (int label = 0; label < words.size(); label++) {
            if (equal(words.get(label), text, begin, end)) return label;
        }
        return -1;
    }

    int of(String word) {
        return words.indexOf(word);
    }

    private static boolean equal(String word, char[] text, int begin, int end) {
        if (word.length() != end - begin) return false;
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) != text[begin + i]) return false;
        }
        return true;
    }

    @Override
    public String toString() {
        return String.join(",", words);
    }
}
