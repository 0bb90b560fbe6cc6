package dev.millrace.pipeline.preflight;

/**
 * One thing that was checked.
 *
 * @param subject what was checked: "topic samples"
 * @param text what was found and, unless it is fine, what to do about it
 */
public record Finding(Severity severity, String subject, String text) {

    /** Whether a job may start. */
    public enum Severity {
        OK,
        WARNING,
        ERROR
    }

    static Finding ok(String subject, String text) {
        return new Finding(Severity.OK, subject, text);
    }

    static Finding warning(String subject, String text) {
        return new Finding(Severity.WARNING, subject, text);
    }

    static Finding error(String subject, String text) {
        return new Finding(Severity.ERROR, subject, text);
    }
}
