package dev.millrace.pipeline.publish;

import dev.millrace.model.client.kafka.SnapshotKeys;
import dev.millrace.pipeline.server.SnapshotRecord;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Snapshot records as Kafka records: a part becomes one, the manifest two, for history and as the newest; aliases
 * alone become one. */
final class SnapshotEncoder extends RichFlatMapFunction<SnapshotRecord, OutgoingRecord> {

    private static final long serialVersionUID = 1L;

    private final SnapshotTopics topics;
    private transient @Nullable AvroFraming<ModelSnapshotPart> parts;
    private transient @Nullable AvroFraming<ModelManifest> manifests;

    SnapshotEncoder(SnapshotTopics topics) {
        this.topics = topics;
    }

    @Override
    public void open(OpenContext context) {
        parts = SnapshotKeys.partFraming();
        manifests = SnapshotKeys.manifestFraming();
    }

    @Override
    public void flatMap(SnapshotRecord record, Collector<OutgoingRecord> out) {
        if (record.part() == SnapshotRecord.ALIASES_ALONE) {
            out.collect(topics.newest(record, Objects.requireNonNull(manifests)));
        } else if (record.part() < record.parts()) {
            out.collect(topics.part(record, Objects.requireNonNull(parts)));
        } else {
            out.collect(topics.manifest(record, Objects.requireNonNull(manifests)));
            out.collect(topics.newest(record, Objects.requireNonNull(manifests)));
        }
    }
}
