package dev.millrace.pipeline.preflight;

import java.io.DataInputStream;
import java.io.IOException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;

/**
 * Whether the savepoint or checkpoint that a job is to continue from can be read. Of a damaged one Flink says no more
 * than {@code EOFException}; here its path is named, before the job is submitted. What its metadata refers to is not
 * looked at.
 */
public final class SavepointCheck {
    private SavepointCheck() {}

    /**
     * Reads the metadata of what {@code execution.state-recovery.path} names, if it names anything.
     *
     * @throws IOException naming the path, if it can be reached but not read
     */
    public static void check(ReadableConfig configuration) throws IOException {
        String path = configuration.get(StateRecoveryOptions.SAVEPOINT_PATH);
        if (path != null) check(path);
    }

    /** @throws IOException naming the path, if it can be reached but not read */
    public static void check(String path) throws IOException {
        DataInputStream metadata;
        try {
            metadata = new DataInputStream(AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(path)
                    .getMetadataHandle()
                    .openInputStream());
        } catch (IOException e) {
            return; // the cluster may reach what this process does not; if not, it says so with the path
        }
        try (metadata) {
            Checkpoints.loadCheckpointMetadata(metadata, SavepointCheck.class.getClassLoader(), path);
        } catch (IOException | RuntimeException e) { // whatever damaged bytes make of themselves
            throw new IOException(
                    "The savepoint " + path + " is cut off or damaged (" + reason(e)
                            + "). Continue from an older one, or begin anew.",
                    e);
        }
    }

    private static String reason(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
