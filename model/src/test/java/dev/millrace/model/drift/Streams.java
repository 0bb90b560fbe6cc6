package dev.millrace.model.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Seeded values; the recipe is that of the header of drift/moa.csv, and exact on every platform. */
final class Streams {
    private Streams() {}

    /** Segments "length@level", one after the other. */
    static double[] values(String shape, String segments, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Double> values = new ArrayList<>();
        for (String segment : segments.split(" ", -1)) {
            String[] parts = segment.split("@", -1);
            double level = Double.parseDouble(parts[1]);
            for (int i = Integer.parseInt(parts[0]); i > 0; i--) values.add(value(shape, level, random));
        }
        return values.stream().mapToDouble(v -> v).toArray();
    }

    private static double value(String shape, double level, SplittableRandom random) {
        return switch (shape) {
            case "bits" -> bit(level, random);
            case "shares" -> {
                int wrong = 0;
                for (int i = 0; i < 32; i++) wrong += bit(level, random);
                yield wrong / 32.0;
            }
            case "noise" -> normal(level, random);
            case "exponential" -> level - 1 - Math.log(1 - random.nextDouble());
            default -> throw new IllegalArgumentException(shape);
        };
    }

    /** About normal, variance 1. */
    static double normal(double level, SplittableRandom random) {
        double sum = level - 6;
        for (int i = 0; i < 12; i++) sum += random.nextDouble();
        return sum;
    }

    private static int bit(double level, SplittableRandom random) {
        return random.nextDouble() < level ? 1 : 0;
    }

    /** Where it fires, from 1. */
    static List<Integer> fires(DriftDetector detector, double[] values) {
        List<Integer> fires = new ArrayList<>();
        for (int t = 0; t < values.length; t++) if (detector.observe(values[t])) fires.add(t + 1);
        return fires;
    }
}
