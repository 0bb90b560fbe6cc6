package dev.millrace.pipeline.advise;

import java.util.List;

/**
 * What to try, and for how long.
 *
 * @param sizes batch sizes; empty for the powers of two up to 4096
 * @param learningRates empty for half-decades around the configured one, and beyond while the best lies at the edge
 * @param seconds about so long in all
 * @param seed of the first initial parameters; the repeats use those after it
 */
public record SweepSettings(List<Integer> sizes, List<Double> learningRates, double seconds, long seed) {
    /** What {@code learning-rate.initial} may be. */
    static final double LOWEST_RATE = 1e-12;

    static final double HIGHEST_RATE = 1e6;

    private static final int LARGEST_SIZE = 4096;

    /** A size has at least so many steps, or nothing is learnt from its loss. */
    private static final int FEWEST_STEPS = 4;

    public SweepSettings {
        sizes = sizes.stream().sorted().distinct().toList();
        learningRates = learningRates.stream().sorted().distinct().toList();
        for (int size : sizes) {
            if (size < 1) throw new IllegalArgumentException("--sizes must be >= 1. Received: " + size);
        }
        for (double rate : learningRates) {
            if (!(rate >= LOWEST_RATE && rate <= HIGHEST_RATE)) {
                throw new IllegalArgumentException(
                        "--learning-rates must be in " + LOWEST_RATE + ".." + HIGHEST_RATE + ". Received: " + rate);
            }
        }
        if (!(seconds > 0 && seconds <= 86_400)) {
            throw new IllegalArgumentException("--seconds must be in 0..86400, 0 excluded. Received: " + seconds);
        }
    }

    /** @throws IllegalArgumentException if a size that was asked for has too few steps */
    int[] sizesFor(int samples) {
        int largest = samples / FEWEST_STEPS;
        if (sizes.isEmpty()) return powersOfTwo(Math.min(LARGEST_SIZE, largest));
        int wanted = sizes.get(sizes.size() - 1);
        if (wanted > largest) {
            throw new IllegalArgumentException(
                    String.format("--sizes must be <= %,d, a quarter of the samples. Received: %,d", largest, wanted));
        }
        return sizes.stream().mapToInt(size -> size).toArray();
    }

    /** Whether a size has enough steps on so many samples. */
    boolean allows(int size, int samples) {
        return size <= samples / FEWEST_STEPS;
    }

    /** Fewest samples that a study may make do with to keep its time. */
    int fewestSamples() {
        int largest = sizes.isEmpty() ? 64 : sizes.get(sizes.size() - 1);
        return FEWEST_STEPS * largest;
    }

    private static int[] powersOfTwo(int largest) {
        int[] powers = new int[32 - Integer.numberOfLeadingZeros(largest)];
        for (int i = 0; i < powers.length; i++) powers[i] = 1 << i;
        return powers;
    }
}
