package dev.millrace.model.batchsize;

/** Why the statistical size is what it is, in stable words. */
public enum Reason implements Codes.Coded {
    START(0, "start"),
    FIXED(1, "fixed"),
    DRIFT(2, "drift"),
    COLD_START(3, "cold start"),
    ANNEALING(4, "annealing"),
    SCHEDULED(5, "scheduled"),
    PROGRESS(6, "best progress"),
    LOSS_RISING(7, "loss is rising"),
    GROWTH_LIMIT(8, "growth limit"),
    NO_ESTIMATE(9, "no estimate yet"),
    NO_SIGNAL(10, "gradient below its noise"),
    NOISE_SCALE(11, "noise scale"),
    WITHIN_DEAD_BAND(12, "within dead band"),
    NO_STEP_TIME(13, "no step time yet"),
    GOODPUT(14, "best goodput"),
    FIRST_WINDOWS(15, "first windows"),
    FALLING(16, "loss is falling"),
    RESTING(17, "resting after growth"),
    MAY_HAVE_SETTLED(18, "loss may have settled"),
    AT_MAXIMUM(19, "at batch.max"),
    SETTLED(20, "loss has settled"),
    NOT_FINITE(21, "step was not finite"),
    TRAVELLING(22, "parameters travel"),
    ARRIVED(23, "parameters have settled");

    private final int code;
    private final String words;

    Reason(int code, String words) {
        this.code = code;
        this.words = words;
    }

    /** For report and metrics. */
    public String words() {
        return words;
    }

    @Override
    public int code() {
        return code;
    }
}
