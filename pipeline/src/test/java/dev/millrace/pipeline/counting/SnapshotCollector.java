package dev.millrace.pipeline.counting;

import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.common.functions.MapFunction;

/** Keeps the snapshot records that left the server, over all attempts of the job. */
final class SnapshotCollector implements Serializable, MapFunction<SnapshotRecord, SnapshotRecord> {
    private static final long serialVersionUID = 1L;
    private static final Map<String, List<SnapshotRecord>> RECORDS = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();
    private final Faults faults;

    SnapshotCollector(Faults faults) {
        this.faults = faults;
        RECORDS.put(id, new CopyOnWriteArrayList<>());
    }

    @Override
    public SnapshotRecord map(SnapshotRecord record) {
        faults.hit(Faults.Point.AFTER_SNAPSHOT);
        records().add(record);
        return record;
    }

    List<SnapshotRecord> records() {
        return RECORDS.getOrDefault(id, List.of());
    }

    /** Versions in the order in which they left. */
    List<Long> versions() {
        return records().stream()
                .filter(record -> record.part() == record.parts())
                .map(SnapshotRecord::version)
                .toList();
    }

    /** Parameters of the last snapshot. */
    float[] last() {
        List<SnapshotRecord> all = records();
        SnapshotRecord manifest = all.get(all.size() - 1);
        List<SnapshotRecord> parts = all.subList(all.size() - 1 - manifest.parts(), all.size() - 1);
        int bytes = parts.stream().mapToInt(part -> part.bytes().length).sum();
        float[] parameters = new float[bytes / Float.BYTES];
        int at = 0;
        for (SnapshotRecord part : parts) {
            ByteBuffer buffer = ByteBuffer.wrap(part.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            while (buffer.hasRemaining()) parameters[at++] = buffer.getFloat();
        }
        return parameters;
    }
}
