package dev.millrace.pipeline.registry;

import org.jspecify.annotations.Nullable;

/** The registry did not say whether it has a schema: no fault of the record that asked for it. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegistryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
