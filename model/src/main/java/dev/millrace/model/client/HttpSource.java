package dev.millrace.model.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Versions that a server publishes under {@code /models/<model>}. What an alias means is asked for with the ETag of the last
 * answer, which costs the server a line if nothing changed. Nothing is read beyond its limit, and nothing waited for longer
 * than its time.
 */
public final class HttpSource implements SnapshotSource {
    /** A manifest holds the model and the words of its features. */
    private static final int MAX_JSON_BYTES = 16 << 20;

    /** Beside the parameters: the names and shapes of the tensors. */
    private static final long MAX_HEADER_BYTES = 16 << 20;

    private static final int ATTEMPTS = 3;

    private final HttpRequests requests;
    private final URI model;
    private final long maxModelBytes;
    private @Nullable Seen seen;

    private record Seen(VersionChoice choice, @Nullable String etag, VersionTarget target) {}

    private HttpSource(Builder settings) {
        this.requests = new HttpRequests(settings.token, settings.requestTimeout, settings.downloadTimeout);
        String server = settings.server.toString();
        this.model = URI.create((server.endsWith("/") ? server : server + "/") + "models/" + settings.model + "/");
        this.maxModelBytes = settings.maxModelBytes;
    }

    /**
     * A source of one model.
     *
     * @param server {@code https://host:port}, or what stands before {@code /models}
     */
    public static Builder at(URI server, String model) {
        return new Builder(server, model);
    }

    /** How a server is asked; every setting has a default. */
    public static final class Builder {
        private final URI server;
        private final String model;
        private @Nullable String token;
        private Duration requestTimeout = Duration.ofSeconds(10);
        private Duration downloadTimeout = Duration.ofMinutes(5);
        private long maxModelBytes = 1L << 30;

        private Builder(URI server, String model) {
            if (!"http".equals(server.getScheme()) && !"https".equals(server.getScheme())) {
                throw new IllegalArgumentException("the server must be an http or https URL. Received: " + server);
            }
            if (!SnapshotManifest.isName(model)) {
                throw new IllegalArgumentException(
                        "model name must be 1 to 200 of a-z A-Z 0-9 . _ -. Received: " + model);
            }
            this.server = server;
            this.model = model;
        }

        /** Sent with each request as {@code Authorization: Bearer}, none by default. */
        public Builder bearerToken(String secret) {
            this.token = secret;
            return this;
        }

        /** Until the answer to a question begins, 10 s by default. */
        public Builder requestTimeout(Duration timeout) {
            this.requestTimeout = timeout;
            return this;
        }

        /** Until the last byte of an answer, 5 min by default. */
        public Builder downloadTimeout(Duration timeout) {
            this.downloadTimeout = timeout;
            return this;
        }

        /** Parameters of the largest model to be read, 1 GiB by default. */
        public Builder maxModelBytes(long bytes) {
            if (bytes < Float.BYTES) {
                throw new IllegalArgumentException(
                        "the largest model must have >= " + Float.BYTES + " bytes. Received: " + bytes);
            }
            this.maxModelBytes = bytes;
            return this;
        }

        public HttpSource build() {
            return new HttpSource(this);
        }
    }

    @Override
    public @Nullable VersionTarget find(VersionChoice choice) throws IOException {
        if (choice.isLive()) throw Live.absent(place());
        Seen before = seen != null && seen.choice.equals(choice) ? seen : null;
        Long pinned = choice.pinned();
        if (pinned != null && before != null) return before.target; // a version does not change
        String path = pinned != null ? versionPath(pinned) + SnapshotDirectory.MANIFEST : "aliases/" + choice;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String etag = before == null ? null : before.etag;
            HttpResponse<InputStream> answer = requests.get(model.resolve(path), etag);
            if (answer.statusCode() == 304 && before != null) {
                answer.body().close();
                return before.target;
            }
            if (answer.statusCode() == 404) {
                answer.body().close();
                return null;
            }
            SnapshotManifest manifest = SnapshotManifest.fromJson(text(answer));
            VersionTarget target = choice.isAlias() ? byAlias(choice, manifest) : new VersionTarget(manifest, 0);
            if (target == null) continue;
            seen = new Seen(choice, answer.headers().firstValue("ETag").orElse(null), target);
            return target;
        }
        throw new IOException("the alias " + choice + " at " + model + " moved at each of " + ATTEMPTS + " attempts");
    }

    /** With the revision by which the alias means that version; null if it means another one meanwhile. */
    private @Nullable VersionTarget byAlias(VersionChoice choice, SnapshotManifest manifest) throws IOException {
        Aliases aliases = Aliases.fromJson(text(requests.get(model.resolve("aliases"), null)));
        if (!Objects.equals(aliases.versions().get(choice.word()), manifest.version())) return null;
        return new VersionTarget(manifest, aliases.revision());
    }

    @Override
    public Snapshot load(SnapshotManifest manifest) throws IOException {
        long announced = (long) manifest.parameters() * Float.BYTES;
        if (announced > maxModelBytes) {
            throw new SnapshotException("model " + manifest.model() + " version " + manifest.version()
                    + " must have at most " + maxModelBytes + " bytes of parameters. Announced: " + announced);
        }
        URI file = model.resolve(versionPath(manifest.version()) + SnapshotDirectory.PARAMETERS);
        HttpResponse<InputStream> answer = requests.get(file, null);
        if (answer.statusCode() == 404) {
            answer.body().close();
            throw new SnapshotException(file + " is missing");
        }
        requests.requireOk(answer);
        long length = answer.headers().firstValueAsLong("Content-Length").orElse(announced);
        if (length < announced || length > announced + MAX_HEADER_BYTES) { // before room is made for them
            answer.body().close();
            throw new SnapshotException(file + " must have " + announced + " bytes of parameters and at most "
                    + MAX_HEADER_BYTES + " before them. Received: " + length);
        }
        return requests.within(answer, in -> Snapshot.read(manifest, new BufferedInputStream(in), file.toString()));
    }

    private String text(HttpResponse<InputStream> answer) throws IOException {
        requests.requireOk(answer);
        return requests.within(answer, in -> {
            byte[] bytes = in.readNBytes(MAX_JSON_BYTES + 1);
            if (bytes.length <= MAX_JSON_BYTES) return new String(bytes, UTF_8);
            throw new SnapshotException(answer.uri() + " must have at most " + MAX_JSON_BYTES + " bytes");
        });
    }

    private static String versionPath(long version) {
        return SnapshotDirectory.VERSIONS + "/" + version + "/";
    }

    @Override
    public String place() {
        return model.toString();
    }

    @Override
    public void close() {
        requests.close();
    }
}
