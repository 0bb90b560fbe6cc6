package dev.millrace.pipeline.server;

import java.io.Serializable;

/** Which versions of a model readers have already. */
public interface PublishedVersions extends Serializable {
    /**
     * The newest one; 0 before the first.
     *
     * @throws Exception if it cannot be told
     */
    long newest(String model) throws Exception;
}
