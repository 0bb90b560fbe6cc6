package dev.millrace.pipeline.control;

/**
 * What became of a command.
 *
 * @param id the command's; empty for a record that is no command
 * @param accepted whether it was carried out, now or before
 * @param what was done or asked for
 * @param reason why it was refused: the limit and what was received; empty if accepted
 */
public record Outcome(String id, boolean accepted, String what, String reason) {

    public static Outcome accepted(String id, String what) {
        return new Outcome(id, true, what, "");
    }

    public static Outcome refused(String id, String what, String reason) {
        return new Outcome(id, false, what, reason);
    }
}
