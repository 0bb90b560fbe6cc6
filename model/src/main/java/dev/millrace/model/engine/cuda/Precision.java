package dev.millrace.model.engine.cuda;

import java.util.Locale;

/**
 * What products are computed in. Parameters, sums, losses and gradients are float32 whatever it is; only the factors of a
 * product are rounded.
 */
public enum Precision {
    /** 24 bits of mantissa: as the CPU computes. */
    FLOAT32,

    /** Factors rounded to 11 bits of mantissa, with float32's exponent (tensor cores, Ampere and later). */
    TF32,

    /** Factors rounded to 8 bits of mantissa, with float32's exponent (tensor cores, Ampere and later). */
    BFLOAT16;

    /** The word in a configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
