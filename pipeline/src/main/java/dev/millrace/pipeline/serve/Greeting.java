package dev.millrace.pipeline.serve;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What a person reads when the server has started: where it listens, what it serves, and a request that works. */
record Greeting(URI uri, ServerSettings settings, String choice) {

    /** @param model null while nothing is published */
    String of(@Nullable ServingModel model) {
        String where = "Listening on " + uri + ", Ctrl-C to stop.\n";
        if (model == null) {
            return where + "No version is loaded as " + choice + " yet; /health/ready says when one is.\n"
                    + "Try: curl -s" + options() + " " + uri + "/health/ready\n";
        }
        return where + "Serving " + model.name() + " version " + model.version() + " (" + choice
                + (model.served().covered() ? "" : ", not covered by a checkpoint") + ").\n" + "Try: "
                + example(model) + "\n";
    }

    private String example(ServingModel model) {
        String path = uri + "/models/" + model.name();
        String body = new ExampleBody(model).shellWord();
        if (body == null) return "curl -s" + options() + " " + path + "/latest";
        return "curl -s" + options() + " -H 'Content-Type: application/json' -d " + body + " " + path + "/predict";
    }

    private String options() {
        return (settings.tls() == null ? "" : " --cacert CERTIFICATE.pem")
                + (settings.tokens() == null ? "" : " -H \"Authorization: Bearer $TOKEN\"");
    }
}
