package dev.millrace.model.drift;

/** One wording for every number out of range. */
final class Limits {
    private Limits() {}

    static void require(boolean holds, String name, String limit, Number received) {
        if (!holds)
            throw new IllegalArgumentException("drift." + name + " must be " + limit + ". Received: " + received);
    }

    /** A whole number read from a state. */
    static int count(double received, int min, int max) {
        if (received == (int) received && received >= min && received <= max) return (int) received;
        throw new IllegalArgumentException("Drift detector's state is damaged: a count must be in " + min + ".." + max
                + ". Received: " + received);
    }
}
