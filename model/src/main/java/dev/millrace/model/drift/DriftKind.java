package dev.millrace.model.drift;

/** The detectors by name. The code stands in checkpoints and never changes. */
public enum DriftKind {
    NONE(0),
    PAGE_HINKLEY(1),
    ADWIN(2),
    DDM(3),
    KSWIN(4);

    private final int code;

    DriftKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
