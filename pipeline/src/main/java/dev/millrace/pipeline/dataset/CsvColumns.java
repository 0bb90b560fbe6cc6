package dev.millrace.pipeline.dataset;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What each column of a file is, by the names in its first line. */
final class CsvColumns {
    static final int NOTHING = -1;
    static final int LABEL = -2;
    static final int ID = -3;
    static final int EVENT_TIME = -4;
    static final int WEIGHT = -5;

    private static final int NAMES_SHOWN = 20;

    private final List<String> names;
    private final int[] uses; // [columns], the index of a feature or one of the constants
    private final int features;

    /** @throws IllegalArgumentException naming the option that does not fit the columns */
    CsvColumns(List<String> names, CsvRules rules) {
        this.names = List.copyOf(names);
        this.uses = new int[names.size()];
        refuseNumbers();
        Arrays.fill(uses, NOTHING);
        use("--label", rules.label(), LABEL);
        use("--id", rules.id(), ID);
        use("--event-time", rules.eventTime(), EVENT_TIME);
        use("--weight", rules.weight(), WEIGHT);
        this.features = rules.features().isEmpty() ? useOthers(rules.ignored()) : useNamed(rules.features());
        if (features == 0) {
            throw new IllegalArgumentException("one column at least must be a feature. Received: " + shown());
        }
    }

    private int useNamed(List<String> features) {
        int index = 0;
        for (String name : features) use("--features", name, index++);
        return index;
    }

    private int useOthers(List<String> ignored) {
        boolean[] left = new boolean[uses.length];
        for (int column = 0; column < uses.length; column++) left[column] = uses[column] == NOTHING;
        for (String name : ignored) {
            int column = find("--ignore", name);
            if (uses[column] != NOTHING) throw twice("--ignore", name);
            left[column] = false;
        }
        int index = 0;
        for (int column = 0; column < uses.length; column++) if (left[column]) uses[column] = index++;
        return index;
    }

    private void use(String option, @Nullable String name, int use) {
        if (name == null) return;
        int column = find(option, name);
        if (uses[column] != NOTHING) throw twice(option, name);
        uses[column] = use;
    }

    private int find(String option, String name) {
        int column = names.indexOf(name);
        if (column < 0) {
            throw new IllegalArgumentException(
                    option + " must be one of the columns " + shown() + ". Received: " + name);
        }
        if (column != names.lastIndexOf(name)) {
            throw new IllegalArgumentException(option + " must name one column. Received: " + name + ", the name of "
                    + names.stream().filter(name::equals).count());
        }
        return column;
    }

    private static IllegalArgumentException twice(String option, String name) {
        return new IllegalArgumentException(
                "a column must be named once by all options together. Received: " + name + " again by " + option);
    }

    /** Whole numbers may be names, as of pixels; fractions are the first row of a file without names. */
    private void refuseNumbers() {
        boolean fractions = IntStream.range(0, names.size()).allMatch(i -> isNumber(names.get(i)))
                && names.stream().anyMatch(name -> name.contains("."));
        if (fractions) {
            throw new IllegalArgumentException("line 1 must hold the names of the columns. Received: " + shown());
        }
    }

    private static boolean isNumber(String name) {
        return !Float.isNaN(Numbers.parse(name.toCharArray(), 0, name.length()));
    }

    /** The names, not too many of them. */
    private String shown() {
        String shown = names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
        return names.size() <= NAMES_SHOWN ? shown : shown + ", ... (" + names.size() + " in all)";
    }

    int count() {
        return uses.length;
    }

    int features() {
        return features;
    }

    String name(int column) {
        return names.get(column);
    }

    /** The index of a feature, or one of the constants. */
    int use(int column) {
        return uses[column];
    }
}
