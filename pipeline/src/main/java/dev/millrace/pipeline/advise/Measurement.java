package dev.millrace.pipeline.advise;

import java.util.NavigableMap;

/**
 * Everything measured for one batch size.
 *
 * @param timing of one worker, the engine and the optimizer alone
 * @param memoryBytes of one worker: parameters, gradient and one mini-batch
 * @param noiseScale phi, samples; NaN for a single sample, infinite where no signal was found
 * @param rates learning rates that were tried, ascending, with the loss of all samples
 * @param learningRate the best of them
 * @param loss of all samples at that rate, each before it was learnt from
 * @param accuracy the same; NaN for regression
 * @param timedSamples learnt from in the common time
 * @param timedRate the best learning rate for that
 * @param timedLoss after the common time, of the samples held out
 */
record Measurement(
        Timing timing,
        long memoryBytes,
        double noiseScale,
        NavigableMap<Double, Losses> rates,
        double learningRate,
        Losses loss,
        double accuracy,
        int timedSamples,
        double timedRate,
        Losses timedLoss) {

    int size() {
        return timing.size();
    }

    double samplesPerSecond() {
        return timing.samplesPerSecond();
    }

    /** Whether every learning rate below or above the best was left untried, so that a better one may lie there. */
    Edge edge() {
        if (rates.size() < 2) return Edge.NONE;
        if (learningRate == rates.lastKey()) return Edge.HIGHEST;
        return learningRate == rates.firstKey() ? Edge.LOWEST : Edge.NONE;
    }

    /** Where among the rates that were tried the best one lies. */
    enum Edge {
        NONE,
        LOWEST,
        HIGHEST
    }
}
