package dev.millrace.pipeline.serve;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.DoSHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;
import org.eclipse.jetty.server.handler.QoSHandler;
import org.eclipse.jetty.server.handler.SizeLimitHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Routes behind a port, with their limits. */
final class HttpServer implements AutoCloseable {
    /** Whether the server lives is asked when it has too much to do, too. */
    private static final String UNLIMITED = "/health/*";

    private static final int MAX_CLIENTS = 10_000;
    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final long IDLE_MILLIS = 30_000;

    /** A client that sends or reads more slowly holds a thread for nothing; bytes per second. */
    private static final long MIN_BYTES_PER_SECOND = 1_000;

    /** Threads for accepting, selecting and health. */
    private static final int SPARE_THREADS = 8;

    private final Server server;
    private final ServerConnector connector;
    private final ServerSettings settings;
    private final Renewal renewal = new Renewal();

    HttpServer(ServerSettings settings, List<Route> routes, ServingMetrics metrics) {
        this.settings = settings;
        Limits limits = settings.limits();
        QueuedThreadPool threads = new QueuedThreadPool(limits.concurrent() + SPARE_THREADS, SPARE_THREADS);
        threads.setName("http");
        threads.setReservedThreads(0);
        server = new Server(threads);
        server.setStopTimeout(limits.stop().toMillis());
        connector = connector(settings);
        server.addConnector(connector);
        Problems problems = new Problems();
        server.setErrorHandler(problems);
        server.setRequestLog(metrics);
        Tokens tokens = settings.tokens();
        if (tokens != null) renewal.watch(List.of(tokens.file()), tokens::readAgain);
        server.setHandler(limited(limits, new Router(routes, settings.tokens(), problems)));
    }

    private ServerConnector connector(ServerSettings settings) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        Tls tls = settings.tls();
        if (tls != null) http.addCustomizer(new SecureRequestCustomizer(false)); // clients may come by address
        http.addCustomizer(new SecurityHeaders());
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector made = tls == null
                ? new ServerConnector(server, 1, 1, plain)
                : new ServerConnector(server, 1, 1, encrypted(tls, plain), plain);
        made.setHost(settings.host());
        made.setPort(settings.port());
        made.setIdleTimeout(IDLE_MILLIS);
        return made;
    }

    private SslConnectionFactory encrypted(Tls tls, HttpConnectionFactory plain) {
        SslContextFactory.Server context = tls.contextFactory();
        renewal.watch(tls.files().all(), () -> tls.readAgain(context));
        return new SslConnectionFactory(context, plain.getProtocol());
    }

    /** From the outside in: who stops, who asks too often, who must wait, whose body is too large or too slow. */
    private static Handler limited(Limits limits, Handler routes) {
        SizeLimitHandler size = new SizeLimitHandler(limits.bodyBytes(), -1);
        size.setHandler(new MinimumDataRateHandler(routes, MIN_BYTES_PER_SECOND, MIN_BYTES_PER_SECOND));
        QoSHandler turns = new QoSHandler(size);
        turns.setMaxRequestCount(limits.concurrent());
        turns.setMaxSuspendedRequestCount(limits.concurrent());
        turns.setMaxSuspend(Limits.QUEUED);
        turns.excludePath(UNLIMITED);
        Handler rated = turns;
        if (limits.perClient() > 0) {
            DoSHandler rate = new DoSHandler(
                    turns,
                    DoSHandler.ID_FROM_REMOTE_ADDRESS,
                    new DoSHandler.LeakingBucketTrackerFactory(limits.perClient()),
                    new DoSHandler.StatusRejectHandler(),
                    MAX_CLIENTS);
            rate.excludePath(UNLIMITED);
            rated = rate;
        }
        return new GracefulHandler(rated);
    }

    /** @throws IOException if the port is taken */
    void start() throws IOException {
        try {
            server.start();
            renewal.start();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the server did not start: " + e.getMessage(), e);
        }
    }

    /** Where it listens. */
    URI uri() {
        String scheme = settings.tls() == null ? "http" : "https";
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return URI.create(scheme + "://" + host + ":" + connector.getLocalPort());
    }

    /** Accepts nothing more and waits for what is under way, as long as {@link Limits#stop} allows. */
    @Override
    public void close() {
        renewal.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the server did not stop as it should: " + e.getMessage(), e);
        }
    }
}
