package dev.millrace.pipeline.cli;

import dev.millrace.model.client.SnapshotSource;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.snapshot.PublishedFiles;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.config.References;
import dev.millrace.pipeline.local.Interrupts;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.serve.Following;
import dev.millrace.pipeline.serve.Limits;
import dev.millrace.pipeline.serve.ModelPlace;
import dev.millrace.pipeline.serve.ModelServer;
import dev.millrace.pipeline.serve.ServerSettings;
import dev.millrace.pipeline.serve.Tls;
import dev.millrace.pipeline.serve.Tokens;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace serve}: published versions and their predictions over HTTP. */
@Command(
        name = "serve",
        header = "Serve published versions and their predictions over HTTP.",
        description = {
            "Follows a directory, or the topics or directory that a configuration publishes to, and answers with the version"
                    + " that is published: POST /models/<model>/predict. /openapi.yaml says what else there is;"
                    + " deploy/SERVER.md explains it.",
            "Listens on 127.0.0.1 unless told otherwise. Ctrl-C finishes the requests under way, then stops."
        },
        footer = {
            "Examples:",
            "  millrace serve --directory snapshots/mnist",
            "  millrace serve --config training.yaml --port 9000 --follow champion --max-age 600",
            "  millrace serve --directory snapshots --host 0.0.0.0 --tls server.p12 --tls-password '${env:KEY}'"
                    + " --tokens tokens.txt",
        })
final class ServeCommand implements Callable<Integer> {
    /** How long the greeting waits for a first version. */
    private static final Duration FIRST_VERSION = Duration.ofSeconds(15);

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration POLL_LIVE = Duration.ofMillis(100);

    @Mixin
    private PlaceOptions place;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "Address to listen at (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--port",
            defaultValue = "8080",
            description = "Port to listen at; 0 for any that is free (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--follow",
            paramLabel = "VERSION",
            defaultValue = "newest",
            description =
                    "Which version predicts: newest, champion, candidate, a number, or live: the parameters of the moment,"
                            + " which no checkpoint covers, from publish.live.topic (default: ${DEFAULT-VALUE}).")
    private String follow;

    @Option(
            names = "--poll",
            paramLabel = "SECONDS",
            description = "Time between two looks for a new version (default: 1, of live parameters 0.1).")
    private @Nullable Double pollSeconds;

    @Option(
            names = "--max-age",
            paramLabel = "SECONDS",
            description = "Age of the version from which /health/ready says 503. Default: none.")
    private @Nullable Double maxAgeSeconds;

    @Option(
            names = "--tls",
            paramLabel = "FILE",
            description = "Serve HTTPS with this PKCS12 key store (.p12, .pfx), or these PEM certificates.")
    private @Nullable Path tls;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The PEM key, where it is not in the same file.")
    private @Nullable Path tlsKey;

    @Option(
            names = "--tls-password",
            paramLabel = "REFERENCE",
            description = "Password of the PKCS12 key store: $${env:NAME} or $${file:PATH}.")
    private @Nullable String tlsPassword;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "Ask all but /health for Authorization: Bearer with one of these tokens, one a line.")
    private @Nullable Path tokens;

    @Option(names = "--insecure", description = "Listen for other machines without TLS and tokens all the same.")
    private boolean insecure;

    @Option(
            names = "--max-body",
            paramLabel = "BYTES",
            defaultValue = "16777216",
            description = "Largest body of a request (default: ${DEFAULT-VALUE}).")
    private long maxBody;

    @Option(
            names = "--max-rows",
            defaultValue = "10000",
            description = "Most rows of a request; fewer where the model is wide (default: ${DEFAULT-VALUE}).")
    private int maxRows;

    @Option(
            names = "--max-concurrent",
            defaultValue = "64",
            description = "Requests answered at a time; as many again wait up to a second (default: ${DEFAULT-VALUE}).")
    private int maxConcurrent;

    @Option(
            names = "--max-rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Requests per second from one address; 0 for any number (default: ${DEFAULT-VALUE}).")
    private int maxRate;

    @Option(
            names = "--stop-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long requests under way may go on at the end (default: ${DEFAULT-VALUE}).")
    private int stopSeconds;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        Interrupts.onFirst(stop::countDown);
        serve(stop);
        return ExitCode.OK;
    }

    private void serve(CountDownLatch stop) throws IOException, InterruptedException {
        PrintWriter out = command.commandLine().getOut();
        try (ModelServer server = server()) {
            server.start();
            out.print(server.greeting(FIRST_VERSION));
            out.flush();
            stop.await();
            out.println("Stopping: requests under way are finished.");
            out.flush();
        }
    }

    private ModelServer server() {
        try {
            Limits limits = new Limits(maxBody, maxRows, maxConcurrent, maxRate, Duration.ofSeconds(stopSeconds));
            ServerSettings settings = new ServerSettings(
                    host, port, tls == null ? null : tls(tls), tokens == null ? null : Tokens.read(tokens), limits);
            settings.checkExposure(insecure);
            VersionChoice choice = new VersionChoice(follow);
            Following following =
                    new Following(choice, poll(choice), maxAgeSeconds == null ? null : seconds(maxAgeSeconds));
            return new ModelServer(settings, place(choice), following);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Duration poll(VersionChoice choice) {
        if (pollSeconds != null) return seconds(pollSeconds);
        return choice.isLive() ? POLL_LIVE : POLL;
    }

    private ModelPlace place(VersionChoice choice) {
        Supplier<SnapshotSource> live = place.live();
        if (live == null && choice.isLive()) {
            throw new IllegalArgumentException("--follow live needs --config FILE with publish.live.topic");
        }
        ModelPlace versions = place.open(new PublishedWhere());
        return live == null ? versions : versions.withLive(live);
    }

    private static Duration seconds(double value) {
        return Duration.ofNanos(Math.round(value * 1e9));
    }

    private Tls tls(Path file) {
        String password = tlsPassword;
        if (password != null) {
            if (!References.isAll(password)) {
                throw new IllegalArgumentException("--tls-password must be ${env:NAME} or ${file:PATH}, as others see a"
                        + " command line. Received: a password");
            }
            password = new References(System::getenv, Path.of("")).resolve(password);
        }
        return Tls.read(file, tlsKey, password);
    }

    private static final class PublishedWhere implements PlaceOptions.Places<ModelPlace> {
        @Override
        public ModelPlace directory(Path root) {
            return ModelPlace.directory(root);
        }

        @Override
        public ModelPlace store(PublishedFiles files) {
            return ModelPlace.store(files);
        }

        @Override
        public ModelPlace topics(KafkaConfig kafka, SnapshotTopics topics, String model, Duration timeout) {
            return ModelPlace.topics(kafka, topics, model, timeout);
        }
    }
}
