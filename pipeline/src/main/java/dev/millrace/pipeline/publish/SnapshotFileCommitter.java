package dev.millrace.pipeline.publish;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.sink2.Committer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes staged snapshots once their checkpoint has completed. Idempotent: Flink commits again after a failure. */
final class SnapshotFileCommitter implements Committer<StagedSnapshot> {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFileCommitter.class);

    private final SnapshotStores stores;
    private final int retained;

    SnapshotFileCommitter(SnapshotStores stores, int retained) {
        this.stores = stores;
        this.retained = retained;
    }

    @Override
    public void commit(Collection<CommitRequest<StagedSnapshot>> requests) throws IOException {
        List<StagedSnapshot> inOrder = requests.stream()
                .map(CommitRequest::getCommittable)
                .sorted(Comparator.comparingLong(StagedSnapshot::version)
                        .thenComparing(StagedSnapshot::bringsVersion, Comparator.reverseOrder()))
                .toList();
        Set<SnapshotStore> changed = new LinkedHashSet<>();
        for (StagedSnapshot staged : inOrder) {
            SnapshotStore store = stores.of(staged.model());
            if (store == null) {
                LOG.warn("{} is not published any more: version {} stays staged", staged.model(), staged.version());
                continue;
            }
            store.publish(staged);
            changed.add(store);
        }
        for (SnapshotStore store : changed) {
            store.retain(retained);
        }
    }

    @Override
    public void close() {}
}
