package dev.millrace.pipeline.advise;

import java.util.Comparator;
import java.util.List;

/**
 * What the numbers of a study say, before anything is recommended.
 *
 * @param equality which losses after equal samples count as equal
 * @param best the lowest loss after equal samples
 * @param good the sizes whose loss is equal to it, ascending
 * @param fastest most samples per second
 * @param knee the smallest size with 80 % of that rate
 */
record Findings(
        Study study,
        Equality equality,
        Measurement best,
        List<Measurement> good,
        Measurement fastest,
        Measurement knee) {
    static final double NEARLY = 0.8;

    /** Rates that differ by less are the same to whoever chooses. */
    static final double WORTHWHILE = 1 / NEARLY;

    static Findings of(Study study) {
        List<Measurement> all = study.measurements();
        Equality equality = Equality.of(all.stream().map(Measurement::loss).toList());
        Measurement best = all.stream()
                .min(Comparator.comparingDouble(m -> m.loss().mean()))
                .orElseThrow();
        List<Measurement> good = all.stream()
                .filter(m -> equality.equal(m.loss().mean(), best.loss().mean()))
                .toList();
        Measurement fastest = fastest(all);
        return new Findings(study, equality, best, good, fastest, nearly(all, fastest));
    }

    private static Measurement fastest(List<Measurement> of) {
        return of.stream()
                .max(Comparator.comparingDouble(Measurement::samplesPerSecond))
                .orElseThrow();
    }

    private static Measurement nearly(List<Measurement> of, Measurement fastest) {
        return of.stream()
                .filter(m -> m.samplesPerSecond() >= NEARLY * fastest.samplesPerSecond())
                .findFirst()
                .orElseThrow();
    }

    /** Of the sizes with the lowest loss the smallest that is nearly as fast as the fastest of them. */
    Measurement start() {
        return nearly(good, fastest(good));
    }

    /** Where the noise scale counts: the start size, or the next that has one, as a single sample's gradient has none. */
    Measurement noise() {
        return study.measurements().stream()
                .filter(m -> m.size() >= start().size() && !Double.isNaN(m.noiseScale()))
                .findFirst()
                .orElse(start());
    }

    boolean sizesMakeNoDifference() {
        double slowest = study.measurements().stream()
                .mapToDouble(Measurement::samplesPerSecond)
                .min()
                .orElseThrow();
        return allGood() && fastest.samplesPerSecond() < WORTHWHILE * slowest;
    }

    boolean allGood() {
        return good.size() == study.measurements().size();
    }

    Measurement smallest() {
        return study.measurements().get(0);
    }

    Measurement largest() {
        return study.measurements().get(study.measurements().size() - 1);
    }

    Measurement largestGood() {
        return good.get(good.size() - 1);
    }
}
