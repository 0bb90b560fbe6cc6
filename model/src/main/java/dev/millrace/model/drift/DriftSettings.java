package dev.millrace.model.drift;

/**
 * Which detector, and the constants of each; those of the others are at hand when the kind is switched.
 *
 * @param kind default {@link DriftKind#PAGE_HINKLEY}
 */
public record DriftSettings(
        DriftKind kind,
        PageHinkley.Constants pageHinkley,
        Adwin.Constants adwin,
        Ddm.Constants ddm,
        Kswin.Constants kswin) {
    public static final DriftSettings DEFAULT = of(DriftKind.PAGE_HINKLEY);

    /** That kind with its default constants. */
    public static DriftSettings of(DriftKind kind) {
        return new DriftSettings(
                kind,
                PageHinkley.Constants.DEFAULT,
                Adwin.Constants.DEFAULT,
                Ddm.Constants.DEFAULT,
                Kswin.Constants.DEFAULT);
    }
}
