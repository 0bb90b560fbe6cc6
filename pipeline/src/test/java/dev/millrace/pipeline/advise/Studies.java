package dev.millrace.pipeline.advise;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Studies made up of a few numbers for each size. */
final class Studies {
    private static final double VARIANCE = 1e-6; // of five runs: differences up to 0.0013 count as none

    private final List<Measurement> measurements = new ArrayList<>();
    private int microBatch = 1 << 20;

    static Studies begin() {
        return new Studies();
    }

    /** A size whose best rate 0.1 lies between two worse ones. */
    Studies size(int size, double samplesPerSecond, double loss, double noiseScale) {
        return size(size, samplesPerSecond, loss, noiseScale, 0.1);
    }

    /** A size with the best of the rates 0.03, 0.1 and 0.3. */
    Studies size(int size, double samplesPerSecond, double loss, double noiseScale, double bestRate) {
        NavigableMap<Double, Losses> rates = new TreeMap<>();
        for (double rate : List.of(0.03, 0.1, 0.3)) {
            rates.put(rate, new Losses(rate == bestRate ? loss : loss + 0.2, VARIANCE, 5));
        }
        measurements.add(new Measurement(
                new Timing(size, samplesPerSecond, 1),
                1000L * size,
                noiseScale,
                rates,
                bestRate,
                new Losses(loss, VARIANCE, 5),
                0.8,
                size,
                bestRate,
                new Losses(loss, VARIANCE, 5)));
        return this;
    }

    Studies microBatch(int samples) {
        microBatch = samples;
        return this;
    }

    Study study() {
        SampleBatch samples = new SampleBatch(1, 1, 1000);
        samples.setRows(1000);
        return new Study(
                "digits",
                Loss.BINARY_CROSSENTROPY,
                new RecentSamples("digits.csv", samples, 1000, 0, ""),
                1000,
                measurements,
                new EqualTime(0.1, 900),
                microBatch,
                0.1,
                false,
                12);
    }

    Advice advice() {
        return Advice.of(study());
    }
}
