package dev.millrace.pipeline.serve;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** Predicts the rows of a request, all of them in one call of the engine, with one version. */
final class PredictEndpoint implements Endpoint {
    private final Models models;
    private final Limits limits;
    private final ServingMetrics metrics;

    PredictEndpoint(Models models, Limits limits, ServingMetrics metrics) {
        this.models = models;
        this.limits = limits;
        this.metrics = metrics;
    }

    @Override
    public void answer(Exchange exchange) throws IOException {
        boolean avroAnswer = answersInAvro(exchange);
        boolean avroBody = isAvro(exchange.header(HttpHeader.CONTENT_TYPE));
        ModelSlot slot = models.slot(exchange.parameter("alias"));
        ServingModel model = slot.model();
        if (model == null) throw new ProblemException(503, slot.notLoaded()); // it may be, in a moment
        SnapshotEndpoints.checkModel(exchange.variable("model"), model.name());
        Predictions predictions = model.predict(rows(exchange, model, avroBody));
        metrics.predicted(slot.choice(), predictions.rows().count());
        exchange.response().getHeaders().put("Vary", "Accept");
        if (avroAnswer) exchange.send(200, AvroInput.CONTENT_TYPE, predictions.toAvro());
        else exchange.send(200, Contents.JSON, predictions.toJson());
    }

    private Rows rows(Exchange exchange, ServingModel model, boolean avro) throws IOException {
        Rows rows = new Rows(model.spec(), limits);
        if (avro) model.readAvro(exchange.body().readAllBytes(), rows);
        else model.readJson(exchange.body(), rows);
        if (rows.count() == 0) throw ProblemException.badRequest("A request must have at least 1 row. Received: 0");
        return rows;
    }

    /** @param type the header; null for none */
    private static boolean isAvro(@Nullable String type) {
        String word = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (word.equals(AvroInput.CONTENT_TYPE)) return true;
        if (word.equals(Contents.JSON)) return false;
        throw new ProblemException(
                415,
                "Content-Type must be " + Contents.JSON + " or " + AvroInput.CONTENT_TYPE + ". Received: "
                        + (type == null ? "nothing" : type));
    }

    private static boolean answersInAvro(Exchange exchange) {
        List<String> accepted = exchange.request().getHeaders().getQualityCSV(HttpHeader.ACCEPT);
        if (accepted.isEmpty()) return false;
        for (String each : accepted) {
            String word = each.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
            if (word.equals(AvroInput.CONTENT_TYPE)) return true;
            if (word.equals("*/*") || word.equals("application/*") || word.equals(Contents.JSON)) return false;
        }
        throw new ProblemException(
                406,
                "Accept must allow " + Contents.JSON + " or " + AvroInput.CONTENT_TYPE + ". Received: " + accepted);
    }
}
