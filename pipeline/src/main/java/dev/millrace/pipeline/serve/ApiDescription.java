package dev.millrace.pipeline.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What the server says of its own routes; a test keeps it and them equal. */
final class ApiDescription {
    static final String RESOURCE = "openapi.yaml";

    private final byte[] text;

    ApiDescription() {
        try (InputStream in = ApiDescription.class.getResourceAsStream(RESOURCE)) {
            if (in == null) throw new IllegalStateException("the resource " + RESOURCE + " is missing");
            text = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    Route route() {
        return Route.get("/openapi.yaml", exchange -> exchange.send(200, "application/yaml", text));
    }
}
