package dev.millrace.model.gate;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Promotes what is finite, was measured on enough samples, keeps the absolute limits, and is not worse than the bar of
 * the champion by more than the bound. In this order, and the first that fails is the reason.
 *
 * <p>For loss {@code L}, bar {@code B} and bound {@code r}: {@code L <= B (1 + r)}; for accuracy and AUC {@code A >= B -
 * r}. Example: 0.912 is 37.1 % above 0.665.
 */
public record ThresholdGate(Thresholds thresholds) implements PublishGate {

    @Override
    public Decision decide(Evaluation candidate, @Nullable Champion champion) {
        Decision unfit = unfit(candidate);
        if (unfit != null) return unfit;
        String value = measured(candidate);
        if (champion == null) return new Decision(Reason.FIRST, value + ", and there was no champion");
        GateMetric metric = thresholds.metric();
        Evaluation own = champion.evaluation();
        double than = own == null ? Double.NaN : metric.regression(metric.of(candidate), metric.of(own));
        if (than == 0) return new Decision(Reason.EQUAL, value + " is that of champion " + champion.version());
        Double bound = thresholds.maxRegression();
        Evaluation bar = champion.bar();
        double below = bar == null ? Double.NaN : metric.regression(metric.of(candidate), metric.of(bar));
        if (than < 0 && (bound == null || !(below > 0))) {
            String served = number(metric.of(Objects.requireNonNull(own))) + " of champion " + champion.version();
            return new Decision(Reason.BETTER, value + " is better than " + served);
        }
        if (bound == null) return new Decision(Reason.WITHIN_LIMITS, value + ", and no regression is limited");
        if (bar == null || Double.isNaN(below)) {
            String unknown = ", and no " + metric.text() + " is known of champion " + champion.version();
            return new Decision(Reason.WITHIN_LIMITS, value + unknown);
        }
        return againstBar(champion, bar, below, bound, value);
    }

    private Decision againstBar(Champion champion, Evaluation bar, double below, double bound, String value) {
        if (below <= 0) return new Decision(Reason.BETTER, value + " is as good as the bar of " + champion.version());
        String text = value + " is " + amount(below) + " worse than "
                + number(thresholds.metric().of(bar)) + ", the bar of champion " + champion.version();
        String limit = " (limit " + amount(bound) + ", publish.gate.max-regression)";
        if (below <= bound) return new Decision(Reason.WITHIN_BOUND, text + limit);
        if (champion.barAgeMillis() <= thresholds.maxAgeMillis()) return new Decision(Reason.WORSE, text + limit);
        String expired = ", which was measured " + champion.barAgeMillis() / 1000 + " s ago and no longer binds"
                + " (publish.gate.max-age)";
        return new Decision(Reason.RECORD_EXPIRED, text + expired);
    }

    /** Why a version may not be served whatever the champion; null if nothing is wrong with it. */
    private @Nullable Decision unfit(Evaluation candidate) {
        if (!candidate.finite()) return new Decision(Reason.NOT_FINITE, "it has parameters that are not finite");
        if (candidate.samples() < thresholds.minSamples()) {
            return new Decision(
                    Reason.TOO_FEW_SAMPLES,
                    String.format(
                            Locale.ROOT,
                            "%,d samples were scored and %,d are needed (publish.gate.min-samples)",
                            candidate.samples(),
                            thresholds.minSamples()));
        }
        if (candidate.oneClass()) {
            return new Decision(
                    Reason.ONE_CLASS,
                    String.format(Locale.ROOT, "the %,d samples scored are of one class alone", candidate.samples()));
        }
        if (Double.isInfinite(candidate.loss())) return new Decision(Reason.NOT_FINITE, "its loss is infinite");
        Decision unknown = unknown(thresholds.metric(), candidate);
        if (unknown != null) return unknown;
        Decision limit = limit(GateMetric.LOSS, candidate, thresholds.maxLoss(), Reason.LOSS_ABOVE_LIMIT);
        if (limit == null) {
            limit = limit(GateMetric.ACCURACY, candidate, thresholds.minAccuracy(), Reason.ACCURACY_BELOW_LIMIT);
        }
        if (limit == null) limit = limit(GateMetric.AUC, candidate, thresholds.minAuc(), Reason.AUC_BELOW_LIMIT);
        return limit;
    }

    private static @Nullable Decision unknown(GateMetric metric, Evaluation candidate) {
        if (!Double.isNaN(metric.of(candidate))) return null;
        return new Decision(Reason.NO_METRIC, "its " + metric.text() + " is not a number");
    }

    private static @Nullable Decision limit(
            GateMetric metric, Evaluation candidate, @Nullable Double limit, Reason reason) {
        if (limit == null) return null;
        Decision unknown = unknown(metric, candidate);
        if (unknown != null) return unknown;
        double value = metric.of(candidate);
        boolean loss = metric == GateMetric.LOSS;
        if (loss ? value <= limit : value >= limit) return null;
        String option = loss
                ? "publish.gate.max-loss"
                : "publish.gate.min-" + metric.text().toLowerCase(Locale.ROOT);
        return new Decision(
                reason,
                metric.text() + " " + number(value) + " is " + (loss ? "above " : "below ") + number(limit) + " ("
                        + option + ")");
    }

    private String measured(Evaluation candidate) {
        return String.format(
                Locale.ROOT,
                "%s %s over %,d samples",
                thresholds.metric().text(),
                number(thresholds.metric().of(candidate)),
                candidate.samples());
    }

    /** A difference of losses is relative, one of shares is not. */
    private String amount(double regression) {
        return thresholds.metric() == GateMetric.LOSS
                ? String.format(Locale.ROOT, "%.1f %%", 100 * regression)
                : number(regression);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
