package dev.millrace.pipeline.serve;

import java.util.List;

/** Whether the process lives and whether it should get requests. Told to whoever asks: neither says anything else. */
final class HealthEndpoints {
    private final Models models;

    HealthEndpoints(Models models) {
        this.models = models;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/health/live", HealthEndpoints::live).withoutToken(),
                Route.get("/health/ready", this::ready).withoutToken());
    }

    private static void live(Exchange exchange) {
        exchange.send(200, Contents.JSON, state("live"));
    }

    private void ready(Exchange exchange) {
        String reason = models.unready();
        if (reason != null) throw new ProblemException(503, reason);
        exchange.send(200, Contents.JSON, state("ready"));
    }

    private static byte[] state(String word) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("status", word);
            json.writeEndObject();
        });
    }
}
