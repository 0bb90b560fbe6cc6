package dev.millrace.pipeline.serve;

import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.content.HttpContent;
import org.jspecify.annotations.Nullable;

/** Published versions, their files, and what the aliases mean. */
final class SnapshotEndpoints {
    private static final String KEEP = "max-age=31536000, immutable";
    private static final String ASK_AGAIN = "no-cache";
    private static final int TAG_DIGITS = 16;

    private final Catalog catalog;
    private final AliasTable aliases;

    SnapshotEndpoints(Catalog catalog, AliasTable aliases) {
        this.catalog = catalog;
        this.aliases = aliases;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/models/{model}/versions", this::versions),
                Route.get("/models/{model}/versions/{version}/manifest.json", this::manifest),
                Route.get("/models/{model}/versions/{version}/model.safetensors", this::parameters),
                Route.get("/models/{model}/aliases", this::aliases),
                Route.get("/models/{model}/aliases/{alias}", exchange -> alias(exchange, exchange.variable("alias"))),
                Route.get("/models/{model}/latest", exchange -> alias(exchange, VersionChoice.NEWEST.word())));
    }

    private void versions(Exchange exchange) throws IOException {
        List<SnapshotManifest> manifests = ofModel(exchange);
        byte[] body = Json.bytes(json -> {
            json.writeStartArray();
            for (SnapshotManifest manifest : manifests) {
                json.writeStartObject();
                json.writeNumberField("version", manifest.version());
                json.writeNumberField("created", manifest.created());
                json.writeNumberField("parameters", manifest.parameters());
                json.writeStringField("sha256", manifest.sha256());
                json.writeBooleanField("covered", manifest.covered());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
        SnapshotManifest newest = manifests.get(manifests.size() - 1);
        String tag = manifests.get(0).version() + "." + manifests.size() + "." + tag(newest);
        exchange.send(Contents.json(body, tag), ASK_AGAIN);
    }

    private void manifest(Exchange exchange) throws IOException {
        SnapshotManifest manifest = version(exchange);
        exchange.send(manifestContent(manifest), KEEP);
    }

    private void parameters(Exchange exchange) throws IOException {
        SnapshotManifest manifest = version(exchange);
        Path file = catalog.parameters(manifest);
        if (!Files.isRegularFile(file)) throw missing(exchange.variable("version"), catalog.versions());
        exchange.send(Contents.file(file, manifest.sha256()), KEEP);
    }

    private void aliases(Exchange exchange) throws IOException {
        String model = newest(ofModel(exchange)).model();
        Aliases now = aliases.read(model);
        byte[] body = Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("model", model);
            json.writeNumberField("revision", now.revision());
            json.writeBooleanField("pinned", now.pinned());
            json.writeObjectFieldStart("aliases");
            for (Map.Entry<String, Long> alias : now.versions().entrySet()) {
                json.writeNumberField(alias.getKey(), alias.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        });
        exchange.send(Contents.json(body, "revision." + now.revision()), ASK_AGAIN);
    }

    private void alias(Exchange exchange, String alias) throws IOException {
        List<SnapshotManifest> manifests = ofModel(exchange);
        exchange.send(manifestContent(meant(alias, manifests)), ASK_AGAIN);
    }

    private SnapshotManifest meant(String alias, List<SnapshotManifest> manifests) throws IOException {
        if (alias.equals(VersionChoice.NEWEST.word())) return newest(manifests);
        if (alias.equals(VersionChoice.LIVE.word())) {
            throw ProblemException.notFound(
                    "Live parameters are not handed out, for they do not stay: ask them to predict,"
                            + " or follow their topic with LiveSource.");
        }
        if (!VersionChoice.ALIASES.contains(alias)) {
            throw ProblemException.notFound("An alias must be " + VersionChoice.NEWEST + " or one of "
                    + VersionChoice.ALIASES + ". Received: " + alias);
        }
        Long version = aliases.read(newest(manifests).model()).versions().get(alias);
        if (version == null) throw ProblemException.notFound("No version is the " + alias + " yet.");
        return find(version.toString(), manifests);
    }

    private SnapshotManifest version(Exchange exchange) throws IOException {
        return find(exchange.variable("version"), ofModel(exchange));
    }

    private static SnapshotManifest find(String version, List<SnapshotManifest> manifests) {
        for (SnapshotManifest manifest : manifests) {
            if (Long.toString(manifest.version()).equals(version)) return manifest;
        }
        throw missing(version, manifests);
    }

    private static ProblemException missing(String version, List<SnapshotManifest> manifests) {
        return ProblemException.notFound("There is no version " + version + " (any more). Published: "
                + manifests.get(0).version() + " to " + newest(manifests).version() + ", "
                + manifests.size() + " in all.");
    }

    /** At least one manifest, of the model in the path. */
    private List<SnapshotManifest> ofModel(Exchange exchange) throws IOException {
        List<SnapshotManifest> manifests = catalog.versions();
        checkModel(
                exchange.variable("model"),
                manifests.isEmpty() ? null : newest(manifests).model());
        return manifests;
    }

    /** @param served null before the first version */
    static void checkModel(String asked, @Nullable String served) {
        if (served == null) throw ProblemException.notFound("No version of any model is published here yet.");
        if (!served.equals(asked)) {
            throw ProblemException.notFound("This server has the model " + served + ". Received: " + asked);
        }
    }

    private static SnapshotManifest newest(List<SnapshotManifest> manifests) {
        return manifests.get(manifests.size() - 1);
    }

    private static HttpContent manifestContent(SnapshotManifest manifest) {
        return Contents.json(manifest.toJson().getBytes(StandardCharsets.UTF_8), tag(manifest));
    }

    /**
     * A version never has two contents; the checksum tells a version of another training by that number apart.
     * With a full stop: Jetty takes what follows a hyphen for the name of a compression.
     */
    private static String tag(SnapshotManifest manifest) {
        String sha256 = manifest.sha256();
        return manifest.version() + "." + sha256.substring(0, Math.min(TAG_DIGITS, sha256.length()));
    }
}
