package dev.millrace.pipeline.serve;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;

/** What the server counts and measures, under the names that Prometheus sees. */
final class ServingMetrics implements RequestLog {
    static final String REQUESTS = "millrace_serve_requests_total";
    static final String SECONDS = "millrace_serve_request_seconds";
    static final String PREDICTIONS = "millrace_serve_predictions_total";
    static final String SWAPS = "millrace_serve_model_swaps_total";
    static final String REFUSALS = "millrace_serve_refused_versions_total";
    static final String UNREACHABLE = "millrace_serve_source_failures_total";
    static final String VERSION = "millrace_serve_model_version";
    static final String AGE = "millrace_serve_model_age_seconds";
    static final String FRESHNESS = "millrace_serve_freshness_seconds";
    static final String EVENT_AGE = "millrace_serve_newest_event_age_seconds";

    /** Route of a request that none answers: what is asked must not become a label. */
    private static final String NO_ROUTE = "none";

    /** Seconds; predictions take tenths of a millisecond, a large snapshot seconds. */
    private static final double[] BOUNDS = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10};

    /** Seconds; a version may be published at once, every few seconds, or once a day. */
    private static final double[] FRESHNESS_BOUNDS = {0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 300, 900, 3_600, 86_400};

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final Counter requests =
            counter(REQUESTS, "Requests answered, by route and status.", "route", "method", "status");
    private final Histogram seconds = Histogram.builder()
            .name(SECONDS)
            .help("From a request's first byte to the last of its answer.")
            .labelNames("route")
            .classicOnly()
            .classicUpperBounds(BOUNDS)
            .register(registry);
    private final Histogram freshness = Histogram.builder()
            .name(FRESHNESS)
            .help("From the newest event that a version learnt from until it serves.")
            .labelNames("choice")
            .classicOnly()
            .classicUpperBounds(FRESHNESS_BOUNDS)
            .register(registry);
    private final Counter predictions = counter(PREDICTIONS, "Rows predicted.", "choice");
    private final Counter swaps = counter(SWAPS, "Versions loaded in the place of another.", "choice");
    private final Counter refusals = counter(REFUSALS, "Versions not loaded, for what they are.", "choice");
    private final Counter unreachable = counter(UNREACHABLE, "Times the source of versions went away.", "choice");

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
    }

    /** Shows the versions that are loaded. */
    void watch(Supplier<? extends Iterable<ModelSlot>> slots) {
        gauge(VERSION, "Version that serves.", slots, ModelSlot::version);
        gauge(AGE, "Since the version that serves was made.", slots, ModelSlot::ageSeconds);
        gauge(EVENT_AGE, "Since the newest event that has an effect here.", slots, ModelSlot::eventAgeSeconds);
    }

    private void gauge(
            String name,
            String help,
            Supplier<? extends Iterable<ModelSlot>> slots,
            ToDoubleFunction<ModelSlot> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("choice")
                .callback(callback -> {
                    for (ModelSlot slot : slots.get()) {
                        double now = value.applyAsDouble(slot);
                        if (Double.isFinite(now)) callback.call(now, slot.choice());
                    }
                })
                .register(registry);
    }

    void predicted(String choice, int rows) {
        predictions.labelValues(choice).inc(rows);
    }

    void swapped(String choice) {
        swaps.labelValues(choice).inc();
    }

    /** @param fromEvent from the newest event that a version learnt from until it serves, seconds */
    void serves(String choice, double fromEvent) {
        freshness.labelValues(choice).observe(fromEvent);
    }

    void refused(String choice) {
        refusals.labelValues(choice).inc();
    }

    void unreachable(String choice) {
        unreachable.labelValues(choice).inc();
    }

    /** Called once the answer has left. */
    @Override
    public void log(Request request, Response response) {
        Object attribute = request.getAttribute(Router.ROUTE);
        Route route = attribute instanceof Route found ? found : null;
        String path = route == null ? NO_ROUTE : route.path();
        String method = route == null ? NO_ROUTE : route.takes(request.getMethod()) ? request.getMethod() : "other";
        requests.labelValues(path, method, Integer.toString(response.getStatus()))
                .inc();
        seconds.labelValues(path).observe(NanoTime.since(request.getBeginNanoTime()) / 1e9);
    }

    /** Answers a scrape in the format that it asks for; the text format unless it names another. */
    void answer(Exchange exchange, @Nullable String accept) {
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(8192);
        try {
            writer.write(bytes, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory can be written", e);
        }
        exchange.send(200, writer.getContentType(), bytes.toByteArray());
    }
}
