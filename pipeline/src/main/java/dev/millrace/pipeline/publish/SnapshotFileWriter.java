package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.jspecify.annotations.Nullable;

/** Writes the files of each snapshot to a staging directory and hands it to the committer at the next barrier. */
final class SnapshotFileWriter
        implements StatefulSinkWriter<SnapshotRecord, StagedSnapshot>,
                CommittingSinkWriter<SnapshotRecord, StagedSnapshot> {

    private final SnapshotStores stores;
    private final SnapshotCollector collector = new SnapshotCollector();
    private final List<StagedSnapshot> staged = new ArrayList<>();
    private List<StagedSnapshot> pending;

    /** @param pending staged before and perhaps not committed yet */
    SnapshotFileWriter(SnapshotStores stores, Collection<StagedSnapshot> pending) {
        this.stores = stores;
        this.pending = new ArrayList<>(pending);
    }

    @Override
    public void write(SnapshotRecord record, Context context) throws IOException {
        if (record.part() == SnapshotRecord.ALIASES_ALONE) {
            staged.add(new StagedSnapshot(record.model(), record.version(), "", "", record.aliases()));
            return;
        }
        @Nullable List<byte[]> parts = collector.add(record);
        if (parts == null) {
            return;
        }
        SnapshotStore store = Objects.requireNonNull(stores.of(record.model()), record.model());
        staged.add(store.stage(record.model(), record.version(), record.manifest(), parts, record.aliases()));
    }

    @Override
    public void flush(boolean endOfInput) {
        collector.requireNothingPending();
    }

    @Override
    public Collection<StagedSnapshot> prepareCommit() {
        List<StagedSnapshot> ready = List.copyOf(staged);
        pending.addAll(ready);
        staged.clear();
        return ready;
    }

    /** What is no longer staged was published since. */
    @Override
    public List<StagedSnapshot> snapshotState(long checkpoint) throws IOException {
        List<StagedSnapshot> left = new ArrayList<>();
        for (StagedSnapshot one : pending) {
            SnapshotStore store = stores.of(one.model());
            if (store != null && store.isStaged(one)) left.add(one);
        }
        pending = left;
        return List.copyOf(left);
    }

    @Override
    public void close() {}
}
