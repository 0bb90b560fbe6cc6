package dev.millrace.pipeline.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Which devices the workers of this process hold. Each job has its own copy of this class, and the jobs of one TaskManager
 * compete: the record of it is a system property, which all class loaders share. A worker gives back when it closes, so
 * restarts leave nothing behind; a worker that hangs for ever keeps its device until the process ends, as it does.
 */
final class LentDevices {
    /** The numbers of the devices lent, one for each worker, by commas. */
    static final String PROPERTY = "millrace.devices.lent";

    private LentDevices() {}

    /**
     * Lends the candidate that the fewest workers hold, of several the first.
     *
     * @param most workers of a device
     * @return empty if all candidates are taken
     */
    static OptionalInt lend(List<Integer> candidates, int most) {
        List<Integer> chosen = new ArrayList<>(); // one or none
        update(lent -> {
            choose(candidates, lent, most).ifPresent(chosen::add);
            lent.addAll(chosen);
        });
        return chosen.stream().mapToInt(device -> device).findFirst();
    }

    private static OptionalInt choose(List<Integer> candidates, List<Integer> lent, int most) {
        int fewest = most;
        OptionalInt chosen = OptionalInt.empty();
        for (Integer candidate : candidates) {
            int holders = Collections.frequency(lent, candidate);
            if (holders >= fewest) continue;
            fewest = holders;
            chosen = OptionalInt.of(candidate);
        }
        return chosen;
    }

    static void giveBack(int device) {
        update(lent -> lent.remove((Integer) device));
    }

    private interface Change {
        void apply(List<Integer> lent);
    }

    /** {@code compute} is atomic for all who share the properties. */
    private static void update(Change change) {
        System.getProperties().compute(PROPERTY, (key, value) -> {
            List<Integer> lent = parse(value == null ? "" : value.toString());
            change.apply(lent);
            return lent.stream().map(String::valueOf).collect(Collectors.joining(","));
        });
    }

    private static List<Integer> parse(String text) {
        if (text.isEmpty()) return new ArrayList<>();
        return Arrays.stream(text.split(",", -1))
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
