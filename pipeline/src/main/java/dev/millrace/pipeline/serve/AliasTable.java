package dev.millrace.pipeline.serve;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** What the aliases of the model mean at the moment. For any number of threads. */
@FunctionalInterface
interface AliasTable {

    /** @throws IOException if they cannot be read */
    Aliases read() throws IOException;

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
