package dev.millrace.pipeline.server;

import dev.millrace.model.snapshot.Aliases;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What readers of a model have seen already. */
public interface PublishedVersions extends Serializable {

    /**
     * What was published last.
     *
     * @param version the highest; 0 before the first
     * @param aliases of the highest revision; null before the first
     */
    record Newest(long version, @Nullable Aliases aliases) {
        /** Nothing was published. */
        public static final Newest NONE = new Newest(0, null);
    }

    /** @throws Exception if it cannot be told */
    Newest newest(String model) throws Exception;
}
