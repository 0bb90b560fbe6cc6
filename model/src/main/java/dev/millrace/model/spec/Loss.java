package dev.millrace.model.spec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What training minimizes, per sample; the formulas are in {@code dev.millrace.model.loss}. */
public enum Loss {
    /** {@code -log softmax(z)[y]}; the label is a class index. */
    CATEGORICAL_CROSSENTROPY,
    /** Mean over outputs of {@code -(y log p + (1 - y) log(1 - p))}; labels 0 or 1, one per output. */
    BINARY_CROSSENTROPY,
    /** Mean over outputs of {@code (y - z)^2}; one label per output. */
    MEAN_SQUARED_ERROR,
    /** Mean over outputs of {@code max(0, 1 - t z)}, t = 2y - 1 for labels 0 and 1, else y = -1 or 1. */
    HINGE;

    /** The word in a specification, as Keras has it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Labels of one sample for a model with {@code outputs} outputs. */
    public int labelWidth(int outputs) {
        return this == CATEGORICAL_CROSSENTROPY ? 1 : outputs;
    }

    /**
     * Says what is wrong with a sample's labels, or null.
     *
     * @param labels at least {@link #labelWidth} values
     */
    public @Nullable String labelError(float[] labels, int outputs) {
        if (this == CATEGORICAL_CROSSENTROPY) {
            float label = labels[0];
            boolean valid = label >= 0 && label < outputs && label == (int) label;
            return valid ? null : "the label must be a class in 0.." + (outputs - 1) + ". Received: " + label;
        }
        for (int i = 0; i < outputs; i++) {
            if (!isValid(labels[i])) return "label " + i + " must be " + expectation() + ". Received: " + labels[i];
        }
        return null;
    }

    private boolean isValid(float label) {
        return switch (this) {
            case BINARY_CROSSENTROPY -> label == 0 || label == 1;
            case HINGE -> label == 0 || label == 1 || label == -1;
            case CATEGORICAL_CROSSENTROPY, MEAN_SQUARED_ERROR -> Float.isFinite(label);
        };
    }

    private String expectation() {
        return switch (this) {
            case BINARY_CROSSENTROPY -> "0 or 1";
            case HINGE -> "0, 1 or -1";
            case CATEGORICAL_CROSSENTROPY, MEAN_SQUARED_ERROR -> "finite";
        };
    }
}
