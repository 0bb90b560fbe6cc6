package dev.millrace.pipeline.advise;

import static dev.millrace.pipeline.advise.Words.count;
import static dev.millrace.pipeline.advise.Words.loss;
import static dev.millrace.pipeline.advise.Words.rate;
import static dev.millrace.pipeline.advise.Words.times;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * What to put into the configuration.
 *
 * @param policy {@code auto} or {@code fixed}
 * @param size of the first batch
 * @param min smallest that the policy may ask for
 * @param max largest
 * @param learningRate the best one measured at that size
 * @param choices the same with their reasons
 */
record Recommendation(String policy, int size, int min, int max, double learningRate, List<Choice> choices) {

    static Recommendation of(Findings findings) {
        Measurement start = findings.start();
        int min = findings.good().get(0).size();
        int max = max(findings, start);
        boolean auto = isAuto(findings, start);
        return new Recommendation(
                auto ? "auto" : "fixed",
                start.size(),
                min,
                max,
                start.learningRate(),
                List.of(
                        new Choice("batch.policy", auto ? "auto" : "fixed", policyReason(findings, start)),
                        new Choice("batch.size", count(start.size()), sizeReason(findings, start)),
                        new Choice("batch.min", count(min), minReason(findings, min)),
                        new Choice("batch.max", count(max), maxReason(findings, start, max)),
                        new Choice("learning-rate", rate(start.learningRate()), rateReason(start))));
    }

    /** Later batches may be larger: as far as they are faster, or as there is noise to average. */
    private static int max(Findings findings, Measurement start) {
        int largest = findings.largest().size();
        double noise = findings.noise().noiseScale();
        double useful = Double.isNaN(noise) ? 0 : Math.min(noise, largest);
        int reach = Math.max(start.size(), findings.knee().size());
        while (reach < useful) reach *= 2;
        return Math.max(start.size(), Math.min(reach, largest));
    }

    private static boolean isAuto(Findings findings, Measurement start) {
        return !findings.allGood()
                && isFasterLarger(findings, start)
                && findings.noise().noiseScale() > start.size();
    }

    private static boolean isFasterLarger(Findings findings, Measurement start) {
        return findings.fastest().size() > start.size()
                && findings.fastest().samplesPerSecond() >= Findings.WORTHWHILE * start.samplesPerSecond();
    }

    private static String policyReason(Findings findings, Measurement start) {
        if (findings.sizesMakeNoDifference()) {
            return "no size differs from another in loss, or by a quarter in samples/s.";
        }
        if (findings.allGood()) {
            return "every size reaches the same loss, so there is nothing to adapt: the one that is fast enough does.";
        }
        String faster = count(findings.fastest().size()) + " learns "
                + times(findings.fastest().samplesPerSecond() / start.samplesPerSecond()) + " as many samples/s as "
                + count(start.size());
        if (!isFasterLarger(findings, start)) {
            return "no larger batch is worth growing to: " + count(start.size()) + " is within "
                    + "a quarter of the most samples/s.";
        }
        double noise = findings.noise().noiseScale();
        if (Double.isNaN(noise)) return faster + ", but no noise scale was measured to grow by.";
        String scale = "the noise scale " + count(noise)
                + (findings.noise().equals(start)
                        ? ""
                        : " at batch size " + count(findings.noise().size()));
        if (!(noise > start.size())) {
            return faster + ", but " + scale + " is not above the start size: there is no noise that larger batches"
                    + " would average.";
        }
        return faster + " but has the higher loss "
                + loss(findings.fastest().loss().mean()) + " at first, and " + scale
                + " is above the start size: batches should grow as the model settles.";
    }

    private static String sizeReason(Findings findings, Measurement start) {
        if (findings.good().size() == 1) {
            return "it has the lowest loss, " + loss(start.loss().mean()) + "; no other size equals it.";
        }
        return "its loss " + loss(start.loss().mean()) + " is equal to the lowest, and of such sizes it is the smallest"
                + " with 80 % of the samples/s of the fastest.";
    }

    private static String minReason(Findings findings, int min) {
        Measurement smallest = findings.smallest();
        if (smallest.size() == min) {
            return "the smallest that was tried has "
                    + (smallest.equals(findings.best()) ? "the lowest loss, " : "a loss equal to the lowest, ")
                    + loss(smallest.loss().mean()) + ".";
        }
        Measurement below = findings.study().measurements().stream()
                .filter(m -> m.size() < min)
                .reduce((first, second) -> second)
                .orElseThrow();
        return "the next smaller, " + count(below.size()) + ", has the higher loss "
                + loss(below.loss().mean()) + ".";
    }

    private static String maxReason(Findings findings, Measurement start, int max) {
        double noise = findings.noise().noiseScale();
        if (max == findings.knee().size() && max > start.size()) {
            return "from here on throughput is at 80 % of the most, "
                    + Words.perSecond(findings.fastest().samplesPerSecond()) + " samples/s at "
                    + count(findings.fastest().size()) + ".";
        }
        if (max == start.size()) return "nothing larger is faster by a quarter, or has noise to average.";
        if (noise > max) {
            return "the largest that was tried: even there noise outweighs signal (noise scale " + count(noise) + ").";
        }
        return "beyond the noise scale, " + count(noise) + " samples, a larger batch hardly has a better gradient.";
    }

    private static String rateReason(Measurement start) {
        double best = start.learningRate();
        NavigableMap<Double, Losses> rates = start.rates();
        String reason = "the best at batch size " + count(start.size()) + ": loss "
                + loss(start.loss().mean());
        Map.Entry<Double, Losses> below = rates.lowerEntry(best);
        Map.Entry<Double, Losses> above = rates.higherEntry(best);
        if (below != null) reason += ", " + beside(below);
        if (above != null) reason += ", " + beside(above);
        return reason
                + switch (start.edge()) {
                    case NONE -> ".";
                    case LOWEST -> "; the lowest that was tried: say lower --learning-rates.";
                    case HIGHEST -> "; the highest that was tried: say higher --learning-rates.";
                };
    }

    private static String beside(Map.Entry<Double, Losses> rate) {
        double mean = rate.getValue().mean();
        return (Double.isFinite(mean) ? loss(mean) : "divergence") + " at " + rate(rate.getKey());
    }
}
