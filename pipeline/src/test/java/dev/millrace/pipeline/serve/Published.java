package dev.millrace.pipeline.serve;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.FeatureSpec;
import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** A directory that a job publishes to, in the same order of writes: a version's files, then what names it. */
final class Published {
    /** {@code y = x + version}, so that an answer tells which version gave it. */
    static final ModelSpec SHIFT = ModelSpec.fromYaml("""
            name: shift
            inputs: 1
            layers: [{dense: {units: 1}}]
            loss: mean_squared_error
            """);

    /** {@code p(YES) = sigmoid(x1 - x2)}. */
    static final ModelSpec DIFFERENCE = ModelSpec.fromYaml("""
            name: difference
            inputs: 2
            layers: [{dense: {units: 1, activation: sigmoid}}]
            loss: binary_crossentropy
            """);

    /** {@code p(WON) = sigmoid(price)} of a record. */
    static final ModelSpec BIDS = ModelSpec.fromYaml("""
            name: bids
            inputs: 3
            layers: [{dense: {units: 1, activation: sigmoid}}]
            loss: binary_crossentropy
            """);

    /** A bid as its producers write it, with more than the model reads. */
    static final Schema BID = new Schema.Parser().parse("""
            {"type": "record", "name": "Bid", "namespace": "shop", "fields": [
              {"name": "auction", "type": "string"}, {"name": "note", "type": ["null", "string"], "default": null},
              {"name": "price", "type": "double"}, {"name": "country", "type": ["null", "string"], "default": null},
              {"name": "outcome", "type": "string"}]}
            """);

    private final Path root;

    Published(Path root) {
        this.root = root;
    }

    /** How long before a version the newest event happened that it learnt from. */
    static final long EVENT_AGE_MILLIS = 3_000;

    Path root() {
        return root;
    }

    /** Price as it is and one of two countries, the id being the auction. */
    static String bidMapping() {
        return FeatureMapping.of(
                        FeatureSpec.of(Map.of(
                                "inputs",
                                List.of(
                                        Map.of("numeric", Map.of("field", "price")),
                                        Map.of(
                                                "categorical",
                                                Map.of(
                                                        "field", "country",
                                                        "vocabulary", List.of("DE", "FR"),
                                                        "unknown", "zero",
                                                        "missing", "zero"))),
                                "label",
                                Map.of("field", "outcome", "classes", List.of("LOST", "WON")),
                                "id",
                                Map.of("field", "auction"))),
                        BID)
                .toJson();
    }

    Published shift(long version) {
        return version(SHIFT, null, version, System.currentTimeMillis(), 1, (float) version);
    }

    Published difference(long version) {
        return version(DIFFERENCE, null, version, System.currentTimeMillis(), 1, -1, 0);
    }

    Published bids(long version) {
        return version(BIDS, bidMapping(), version, System.currentTimeMillis(), 1, 0, 0, 0);
    }

    /** @param created milliseconds since the epoch */
    Published version(ModelSpec spec, @Nullable String features, long version, long created, float... parameters) {
        Map<String, String> provenance =
                Map.of("samples", "5", SnapshotManifest.NEWEST_EVENT_TIME, Long.toString(created - EVENT_AGE_MILLIS));
        SnapshotManifest manifest = SnapshotParts.split(
                        spec, features, version, created, parameters, provenance, 1 << 20)
                .manifest();
        try {
            Path place = Files.createDirectories(root.resolve("versions/" + version));
            try (OutputStream out = Files.newOutputStream(place.resolve("model.safetensors"))) {
                Safetensors.write(spec.layout(), parameters, Map.of(), out);
            }
            Files.writeString(place.resolve("manifest.json"), manifest.toJson());
            replace("current.json", manifest.toJson());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Published aliases(long revision, long champion, long candidate) {
        replace(
                "aliases.json",
                "{\"model\": \"m\", \"revision\": %d, \"pinned\": true, \"aliases\": {\"champion\": %d, \"candidate\": %d}}"
                        .formatted(revision, champion, candidate));
        return this;
    }

    private void replace(String name, String content) {
        try {
            Path next = Files.writeString(root.resolve(name + ".next"), content);
            Files.move(next, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
