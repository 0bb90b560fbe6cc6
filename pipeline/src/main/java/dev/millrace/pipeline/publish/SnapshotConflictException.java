package dev.millrace.pipeline.publish;

/** A version number is taken by other parameters. Restarting would not help. */
public final class SnapshotConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SnapshotConflictException(StagedSnapshot staged, String taken) {
        super("Version " + staged.version() + " of model " + staged.model() + " was not published: " + taken
                + " holds other parameters. A version has one content; start the job from its newest savepoint or"
                + " checkpoint, or publish into another directory.");
    }

    SnapshotConflictException(String model, String present, String directory) {
        super("Model " + model + " was not published: " + directory + " belongs to model " + present
                + ". Publish each model into a directory of its own.");
    }
}
