package dev.millrace.model.gate;

/** By which metric a candidate is compared with the champion. */
public enum GateMetric {
    /** The smaller the better; how much worse is relative: {@code candidate / champion - 1}. */
    LOSS("loss"),
    /** The larger the better; how much worse is a difference: {@code champion - candidate}. */
    ACCURACY("accuracy"),
    /** As accuracy. */
    AUC("AUC");

    private final String text;

    GateMetric(String text) {
        this.text = text;
    }

    /** As in a sentence. */
    String text() {
        return text;
    }

    double of(Evaluation evaluation) {
        return switch (this) {
            case LOSS -> evaluation.loss();
            case ACCURACY -> evaluation.accuracy();
            case AUC -> evaluation.auc();
        };
    }

    /**
     * How much worse a value is than another: 0 if equal, negative if better. A loss above 0 is infinitely worse than one
     * of 0.
     */
    double regression(double value, double than) {
        if (value == than) return 0;
        return this == LOSS ? (value - than) / than : than - value;
    }
}
