package dev.millrace.pipeline.serve;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.pipeline.snapshots.PublishedSnapshots;
import java.io.IOException;
import org.apache.kafka.common.KafkaException;

/** What the aliases of the model mean at the moment. For any number of threads. */
@FunctionalInterface
interface AliasTable {

    /**
     * The aliases; all of them absent, and revision 0, where none were published.
     *
     * @throws IOException if they cannot be read
     */
    Aliases read(String model) throws IOException;

    /** Those that were published. */
    static AliasTable of(PublishedSnapshots snapshots) {
        return model -> {
            try {
                Aliases published = snapshots.aliases();
                return published == null ? new Aliases(model, 0, false, null, null, null) : published;
            } catch (KafkaException e) {
                throw new IOException("the brokers of " + snapshots.place() + " do not answer: " + e.getMessage(), e);
            }
        };
    }

    /** The same for those who get a turn. */
    default AliasTable inTurn(Turns turns) {
        return model -> turns.take(() -> read(model));
    }
}
