package dev.millrace.pipeline.serve;

import dev.millrace.pipeline.snapshots.PublishedSnapshots;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;

/** What the aliases of the model mean at the moment. For any number of threads. */
@FunctionalInterface
interface AliasTable {

    /** @throws IOException if they cannot be read */
    Aliases read() throws IOException;

    /** Those that were published. */
    static AliasTable of(PublishedSnapshots snapshots) {
        return () -> {
            dev.millrace.model.snapshot.Aliases published;
            try {
                published = snapshots.aliases();
            } catch (KafkaException e) {
                throw new IOException("the brokers of " + snapshots.place() + " do not answer: " + e.getMessage(), e);
            }
            if (published == null) return Aliases.NONE;
            return new Aliases(published.revision(), published.pinned(), published.versions());
        };
    }

    /**
     * Versions by alias.
     *
     * @param revision rises with every change
     * @param pinned whether a person holds the champion where it is
     */
    record Aliases(long revision, boolean pinned, Map<String, Long> versions) {
        /** Of a model that has none. */
        static final Aliases NONE = new Aliases(0, false, Map.of());

        public Aliases {
            versions = new TreeMap<>(versions);
        }
    }
}
