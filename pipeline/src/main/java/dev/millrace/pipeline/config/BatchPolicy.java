package dev.millrace.pipeline.config;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who decides the size of the next global batch. */
public enum BatchPolicy {
    /** Nobody: it stays at {@code batch.size}. */
    FIXED(false),
    /** A constant fraction of the samples learnt from since the last drift. */
    SCHEDULE(false),
    /** It grows when the loss has stopped falling. */
    LOSS_PLATEAU(false),
    /** The gradient's noise stays below a given multiple of the gradient. */
    NORM_TEST(true),
    /** Coupled to learning rate, noise and loss. */
    CABS(true),
    /** Where noise and time balance: sqrt(r phi). */
    NOISE_SCALE(true),
    /** The measured throughput times the progress of a sample is largest. */
    GOODPUT(true),
    /** The most progress per second: fewest steps. */
    PROGRESS(true),
    /** As schedule, but no larger than progress asks for. */
    ANNEALED(true),
    /** It grows when the parameters have settled, and shrinks while they travel. */
    AUTO(true);

    private final boolean needsNorms;

    BatchPolicy(boolean needsNorms) {
        this.needsNorms = needsNorms;
    }

    /** As users write it. */
    public String word() {
        return ValueType.word(this);
    }

    /** The policy that users write so; null if there is none. */
    public static @Nullable BatchPolicy named(@Nullable String word) {
        for (BatchPolicy policy : values()) {
            if (policy.word().equals(word)) return policy;
        }
        return null;
    }

    /** All of them, by commas. */
    public static String names() {
        return Arrays.stream(values()).map(BatchPolicy::word).collect(Collectors.joining(", "));
    }

    /** Whether it goes by the norms of the samples' own gradients, which take some tenth of a step. */
    public boolean needsNorms() {
        return needsNorms;
    }
}
