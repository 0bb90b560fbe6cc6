package dev.millrace.pipeline.server;

import dev.millrace.model.format.ParameterFiles;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a model begins with that has no checkpoint. */
final class InitialParameters {
    private static final Logger LOG = LoggerFactory.getLogger(InitialParameters.class);

    private InitialParameters() {}

    /** @throws IllegalStateException naming the place and what is wrong with what is there */
    static float[] of(ServerSettings settings, ModelSpec spec) {
        String from = settings.initialParameters();
        if (from == null) return spec.initialParameters(settings.seed());
        Path path = Path.of(from);
        try {
            float[] parameters =
                    Files.isDirectory(path) ? published(path, spec.layout()) : ParameterFiles.read(path, spec);
            LOG.info("{} begins with the parameters of {}", settings.model(), path.toAbsolutePath());
            return parameters;
        } catch (SnapshotException | IOException | UncheckedIOException e) {
            throw new IllegalStateException(
                    "training.initial-parameters: " + path.toAbsolutePath() + " does not fit the model: "
                            + e.getMessage(),
                    e);
        }
    }

    private static float[] published(Path directory, ParameterLayout layout) {
        Snapshot snapshot = new SnapshotDirectory(directory).load();
        ParameterLayout has = snapshot.manifest().modelSpec().layout();
        if (has.equals(layout)) return snapshot.parameters();
        throw new SnapshotException("its tensors must be " + layout.blocks() + ". Received: " + has.blocks());
    }
}
