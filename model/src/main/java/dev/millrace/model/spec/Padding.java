package dev.millrace.model.spec;

import java.util.Locale;

/** What happens where a window would leave the image. */
public enum Padding {
    /** It does not: {@code floor((extent - window) / stride) + 1} positions. */
    VALID,
    /** Zeros around the image, one more behind than before if odd: {@code ceil(extent / stride)} positions. */
    SAME;

    /** The word in a specification, as Keras has it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Positions of a window along one extent. */
    int positions(int extent, int window, int stride) {
        return this == VALID ? (extent - window) / stride + 1 : (extent - 1) / stride + 1;
    }

    /** Zeros before the first value of one extent. */
    int before(int extent, int window, int stride) {
        if (this == VALID) return 0;
        int covered = (positions(extent, window, stride) - 1) * stride + window;
        return Math.max(covered - extent, 0) / 2;
    }
}
