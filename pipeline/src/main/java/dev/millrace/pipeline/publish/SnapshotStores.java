package dev.millrace.pipeline.publish;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stores of a job: one for each model that it publishes. */
final class SnapshotStores {
    /** Stands for whatever model comes. */
    static final String ANY = "";

    private final Map<String, SnapshotStore> stores = new LinkedHashMap<>();

    /** @param directories by the name of the model, or one for {@link #ANY} */
    SnapshotStores(Map<String, String> directories) throws IOException {
        for (Map.Entry<String, String> place : directories.entrySet()) {
            stores.put(place.getKey(), new SnapshotStore(StoreFiles.of(place.getValue())));
        }
    }

    /** Null for a model that is not published any more: one that challenged, and was taken from the configuration. */
    @Nullable
    SnapshotStore of(String model) {
        SnapshotStore any = stores.get(ANY);
        return any == null ? stores.get(model) : any;
    }

    Collection<SnapshotStore> all() {
        return stores.values();
    }
}
