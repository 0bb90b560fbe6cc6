package dev.millrace.model.gate;

/**
 * What a gate decided.
 *
 * @param reason as a code, which also tells the outcome
 * @param text the reason in a few words: value, limit, and what it was compared with
 */
public record Decision(Reason reason, String text) {

    public boolean promotes() {
        return reason.outcome() == Reason.Outcome.PROMOTED;
    }

    /** Whether what was measured of the new champion is the bar for those to come; within the bound the bar stays. */
    public boolean setsBar() {
        return promotes() && reason != Reason.WITHIN_BOUND;
    }

    /** A sentence for logs and reports. */
    public String sentence(String model, long version) {
        String what = switch (reason.outcome()) {
            case PROMOTED -> " is the champion: ";
            case KEPT -> " does not replace the champion: ";
            case REFUSED -> " was not promoted: ";
        };
        return "Version " + version + " of model " + model + what + text + ".";
    }
}
