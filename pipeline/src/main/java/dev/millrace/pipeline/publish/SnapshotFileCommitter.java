package dev.millrace.pipeline.publish;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;

/** Publishes staged snapshots once their checkpoint has completed. Idempotent: Flink commits again after a failure. */
final class SnapshotFileCommitter implements Committer<StagedSnapshot> {

    private final SnapshotStore store;
    private final int retained;

    SnapshotFileCommitter(SnapshotStore store, int retained) {
        this.store = store;
        this.retained = retained;
    }

    @Override
    public void commit(Collection<CommitRequest<StagedSnapshot>> requests) throws IOException {
        List<StagedSnapshot> inOrder = requests.stream()
                .map(CommitRequest::getCommittable)
                .sorted(Comparator.comparingLong(StagedSnapshot::version)
                        .thenComparing(StagedSnapshot::bringsVersion, Comparator.reverseOrder()))
                .toList();
        for (StagedSnapshot staged : inOrder) {
            store.publish(staged);
        }
        if (!inOrder.isEmpty()) {
            store.retain(retained);
        }
    }

    @Override
    public void close() {}
}
