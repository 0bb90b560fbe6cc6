package dev.millrace.model.spec;

import java.util.Locale;

/** What a layer does to its weighted sums. */
public enum Activation {
    /** z. */
    LINEAR,
    /** max(z, 0). */
    RELU,
    /** tanh z. */
    TANH,
    /** 1 / (1 + e^-z). */
    SIGMOID,
    /** e^z_j / sum_k e^z_k; for the last layer alone. */
    SOFTMAX;

    /** The word in a specification, as Keras has it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
