package dev.millrace.pipeline.serve;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;

/** The server of one model: its versions, its predictions, and how it does. */
public final class ModelServer implements AutoCloseable {
    private final Models models;
    private final List<Route> routes;
    private final HttpServer http;
    private final ServerSettings settings;

    /** Follows the model; {@link #start} listens. */
    public ModelServer(ServerSettings settings, ModelPlace place, Following following) {
        this.settings = settings;
        ServingMetrics metrics = new ServingMetrics();
        this.models = new Models(place, following, metrics);
        this.routes = routes(settings.limits(), place, models, metrics);
        this.http = new HttpServer(settings, routes, metrics);
    }

    /** Everything that is answered. */
    List<Route> routes() {
        return routes;
    }

    private static List<Route> routes(Limits limits, ModelPlace place, Models models, ServingMetrics metrics) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new SnapshotEndpoints(place.catalog(), place.aliases()).routes());
        routes.add(Route.post("/models/{model}/predict", new PredictEndpoint(models, limits, metrics)));
        routes.addAll(new HealthEndpoints(models).routes());
        routes.add(Route.get("/metrics", exchange -> metrics.answer(exchange, exchange.header(HttpHeader.ACCEPT))));
        routes.add(new ApiDescription().route());
        return routes;
    }

    /** @throws IOException if the port is taken */
    public void start() throws IOException {
        http.start();
    }

    /** Where it listens. */
    public URI uri() {
        return http.uri();
    }

    /**
     * What there is to say once it runs: what serves, and a request that works.
     *
     * @param timeout how long to wait for a first version
     */
    public String greeting(Duration timeout) throws InterruptedException {
        ServingModel model = models.chosen().await(timeout);
        return new Greeting(uri(), settings, models.chosen().choice()).of(model);
    }

    /** Accepts nothing more, finishes what is under way within the limit, then lets the model go. */
    @Override
    public void close() {
        try {
            http.close();
        } finally {
            models.close();
        }
    }
}
