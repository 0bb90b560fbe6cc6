package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.PublicationSettings;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Publishes snapshots as files: {@code versions/<version>/} with {@code model.safetensors} and {@code manifest.json},
 * then {@code current.json} and {@code aliases.json}. The files of a version are written beside and become visible, by one rename, when the
 * checkpoint that covers the version has completed; see {@link SnapshotStore} for the layout and what it asks of the
 * file system. Runs with parallelism 1.
 *
 * <p>The writer's state is the names of what was staged and may not be committed yet; at its start it deletes
 * everything else that was staged.
 */
public final class SnapshotFileSink
        implements Sink<SnapshotRecord>,
                SupportsCommitter<StagedSnapshot>,
                SupportsWriterState<SnapshotRecord, StagedSnapshot> {

    private static final long serialVersionUID = 1L;

    private final Map<String, String> directories; // by model
    private final int retained;

    /**
     * Of one model.
     *
     * @param directory a path that every task manager and reader sees, or the URI of an object store
     * @param retained versions to keep, the newest first; never fewer than two, and always the current one, the champion
     *     and the one before it
     */
    public SnapshotFileSink(String directory, int retained) {
        this(Map.of(SnapshotStores.ANY, directory), retained);
    }

    /**
     * Of several models, each in a directory of its own.
     *
     * @param directories by the name of the model
     */
    public SnapshotFileSink(Map<String, String> directories, int retained) {
        this.directories = new TreeMap<>(directories); // serializable, whatever came
        this.retained = Math.max(PublicationSettings.LEAST_RETAINED, retained);
    }

    @Override
    public SnapshotFileWriter createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public SnapshotFileWriter restoreWriter(WriterInitContext context, Collection<StagedSnapshot> pending)
            throws IOException {
        int parallelism = context.getTaskInfo().getNumberOfParallelSubtasks();
        if (parallelism != 1) {
            throw new IllegalStateException("The snapshot file sink must have parallelism 1. Received: " + parallelism);
        }
        SnapshotStores stores = new SnapshotStores(directories);
        Set<String> names = new HashSet<>();
        pending.forEach(staged -> names.add(staged.name()));
        for (SnapshotStore store : stores.all()) store.sweep(names);
        return new SnapshotFileWriter(stores, pending);
    }

    @Override
    public Committer<StagedSnapshot> createCommitter(CommitterInitContext context) throws IOException {
        return new SnapshotFileCommitter(new SnapshotStores(directories), retained);
    }

    @Override
    public SimpleVersionedSerializer<StagedSnapshot> getCommittableSerializer() {
        return new StagedSnapshotSerializer();
    }

    @Override
    public SimpleVersionedSerializer<StagedSnapshot> getWriterStateSerializer() {
        return new StagedSnapshotSerializer();
    }
}
