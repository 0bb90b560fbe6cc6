package dev.millrace.pipeline.advise;

import static dev.millrace.pipeline.advise.Words.count;
import static dev.millrace.pipeline.advise.Words.loss;
import static dev.millrace.pipeline.advise.Words.perSecond;
import static dev.millrace.pipeline.advise.Words.percent;
import static dev.millrace.pipeline.advise.Words.rate;
import static dev.millrace.pipeline.advise.Words.times;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The questions that people ask about the batch size, answered from what was measured. */
final class Answers {
    private final Findings findings;
    private final Study study;

    private Answers(Findings findings) {
        this.findings = findings;
        this.study = findings.study();
    }

    /** A question and its answer. */
    record Answer(String question, String text) {}

    static List<Answer> of(Findings findings) {
        Answers answers = new Answers(findings);
        List<Answer> all = new ArrayList<>();
        answers.find(1)
                .ifPresent(m -> all.add(new Answer("Is 1 sample a step (plain SGD) worth it?", answers.single(m))));
        answers.find(32).ifPresent(m -> all.add(new Answer("What does 32 give?", answers.thirtyTwo(m))));
        all.add(new Answer("Where does throughput stop growing?", answers.throughput()));
        all.add(new Answer("Where does the loss begin to suffer?", answers.suffering()));
        all.add(new Answer("What is best when time is short?", answers.time()));
        all.add(new Answer("What does memory allow?", answers.memory()));
        all.add(new Answer("What does the noise scale say?", answers.noise()));
        all.add(new Answer("Which learning rate for which size?", answers.rates()));
        return all;
    }

    private Optional<Measurement> find(int size) {
        return study.measurements().stream().filter(m -> m.size() == size).findFirst();
    }

    private String single(Measurement one) {
        boolean good = findings.good().contains(one);
        String price = "It learns " + perSecond(one.samplesPerSecond()) + " samples/s, "
                + percent(one.samplesPerSecond() / findings.fastest().samplesPerSecond()) + " of the most. ";
        if (!good) return price + "No: its loss " + compared(one) + ".";
        if (findings.good().size() == 1)
            return price + "Yes, where that keeps up: no other size has its low loss, "
                    + loss(one.loss().mean()) + ".";
        return price + "Not for its loss: " + count(findings.start().size()) + " has an equal one.";
    }

    private String thirtyTwo(Measurement m) {
        return perSecond(m.samplesPerSecond()) + " samples/s, "
                + percent(m.samplesPerSecond() / findings.fastest().samplesPerSecond()) + " of the most; its loss "
                + (findings.good().contains(m) ? loss(m.loss().mean()) + " is equal to the lowest" : compared(m))
                + ".";
    }

    private String compared(Measurement m) {
        return loss(m.loss().mean()) + " is above the lowest, "
                + loss(findings.best().loss().mean()) + " at "
                + count(findings.best().size());
    }

    private String throughput() {
        Measurement knee = findings.knee();
        Measurement fastest = findings.fastest();
        if (knee.size() == findings.smallest().size()) {
            return "It hardly grows: " + count(knee.size()) + " already has 80 % of the most, "
                    + perSecond(fastest.samplesPerSecond()) + " samples/s.";
        }
        String most = perSecond(fastest.samplesPerSecond()) + " samples/s at " + count(fastest.size());
        if (fastest.size() == knee.size() && knee.size() == findings.largest().size()) {
            return "Not within the sizes tried: the largest is the fastest, " + most + ".";
        }
        return "At " + count(knee.size()) + ": " + perSecond(knee.samplesPerSecond()) + " samples/s, "
                + times(knee.samplesPerSecond() / findings.smallest().samplesPerSecond()) + " those of "
                + count(findings.smallest().size()) + "; the most is " + most + ".";
    }

    private String suffering() {
        if (findings.allGood()) return "Nowhere: all losses are equal within the noise.";
        Optional<Measurement> first = study.measurements().stream()
                .filter(m -> m.size() > findings.largestGood().size())
                .findFirst();
        if (first.isEmpty()) {
            return "Not at a larger size: the largest, "
                    + count(findings.largest().size()) + ", has a loss equal to the lowest.";
        }
        return "At " + count(first.get().size()) + ": "
                + loss(first.get().loss().mean()) + " against "
                + loss(findings.best().loss().mean()) + " at "
                + count(findings.best().size())
                + (findings.largestGood().equals(findings.best())
                        ? ", the lowest."
                        : "; up to " + count(findings.largestGood().size()) + " it is equal to that.");
    }

    private String time() {
        Equality equality = Equality.of(
                study.measurements().stream().map(Measurement::timedLoss).toList());
        double lowest = study.measurements().stream()
                .mapToDouble(m -> m.timedLoss().mean())
                .filter(Double::isFinite)
                .min()
                .orElse(Double.NaN);
        List<String> best = study.measurements().stream()
                .filter(m -> equality.equal(m.timedLoss().mean(), lowest))
                .map(m -> count(m.size()))
                .toList();
        String time = "After " + Words.seconds(study.equalTime().seconds()) + " of learning each: ";
        if (best.isEmpty()) return time + "no size has a finite loss.";
        if (best.size() == study.measurements().size()) return time + "no size is better than another.";
        return time + String.join(", ", best) + (best.size() == 1 ? " has" : " have equally") + " the lowest loss, "
                + loss(lowest) + ".";
    }

    private String memory() {
        Measurement largest = findings.largest();
        String needs = count(largest.size()) + " takes " + Words.bytes(largest.memoryBytes()) + " of a worker. ";
        return needs + "Up to " + count(study.microBatch())
                + " samples go through the engine at once; larger batches are accumulated in micro-batches"
                + (study.microBatch() < largest.size() ? ", as some here were." : ".");
    }

    private String noise() {
        double phi = findings.noise().noiseScale();
        String at = " at batch size " + count(findings.noise().size());
        if (Double.isNaN(phi)) return "Unknown" + at + ": a single sample's gradient has no spread.";
        if (Double.isInfinite(phi))
            return "No signal was found above the noise" + at + ": larger batches would average noise.";
        return count(phi) + " samples" + at + ": smaller batches are mostly noise, larger ones mostly signal.";
    }

    private String rates() {
        List<String> parts = new ArrayList<>();
        List<Measurement> all = study.measurements();
        for (int from = 0; from < all.size(); ) {
            int to = from;
            while (to + 1 < all.size()
                    && all.get(to + 1).learningRate() == all.get(from).learningRate()) to++;
            String sizes = count(all.get(from).size())
                    + (to == from ? "" : ".." + count(all.get(to).size()));
            parts.add(sizes + ": " + rate(all.get(from).learningRate()));
            from = to + 1;
        }
        return String.join("; ", parts) + " (configured: " + rate(study.configuredRate()) + ").";
    }
}
