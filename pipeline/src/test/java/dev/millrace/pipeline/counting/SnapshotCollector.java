package dev.millrace.pipeline.counting;

import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.functions.MapFunction;

/** Keeps the versions of the snapshots that left the server, over all attempts of the job, and the last one whole. */
final class SnapshotCollector implements Serializable, MapFunction<SnapshotRecord, SnapshotRecord> {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Collected> COLLECTED = new ConcurrentHashMap<>();

    private static final class Collected {
        final List<Long> versions = new ArrayList<>();
        List<byte[]> incoming = new ArrayList<>();
        List<byte[]> last = List.of();
    }

    private final String id = UUID.randomUUID().toString();
    private final Faults faults;

    SnapshotCollector(Faults faults) {
        this.faults = faults;
        COLLECTED.put(id, new Collected());
    }

    private Collected collected() {
        Collected collected = COLLECTED.get(id);
        if (collected == null) throw new IllegalStateException("a collector of another JVM");
        return collected;
    }

    @Override
    public SnapshotRecord map(SnapshotRecord record) {
        faults.hit(Faults.Point.AFTER_SNAPSHOT);
        Collected collected = collected();
        synchronized (collected) {
            if (record.part() == 0) collected.incoming = new ArrayList<>();
            if (record.part() < record.parts()) {
                collected.incoming.add(record.bytes());
            } else {
                collected.versions.add(record.version());
                collected.last = collected.incoming;
            }
        }
        return record;
    }

    /** Versions in the order in which they left. */
    List<Long> versions() {
        Collected collected = collected();
        synchronized (collected) {
            return List.copyOf(collected.versions);
        }
    }

    /** Parameters of the last snapshot. */
    float[] last() {
        Collected collected = collected();
        synchronized (collected) {
            int bytes = collected.last.stream().mapToInt(part -> part.length).sum();
            float[] parameters = new float[bytes / Float.BYTES];
            int at = 0;
            for (byte[] part : collected.last) {
                ByteBuffer buffer = ByteBuffer.wrap(part).order(ByteOrder.LITTLE_ENDIAN);
                while (buffer.hasRemaining()) parameters[at++] = buffer.getFloat();
            }
            return parameters;
        }
    }
}
