package dev.millrace.pipeline.server;

/** Why a command is not carried out: what was asked for, against which limit. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String reason) {
        super(reason, null, false, false);
    }
}
