package dev.millrace.model.snapshot;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.spec.ModelSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All there is to know of a snapshot but its parameters.
 *
 * @param format version of this format; a reader refuses what is newer than itself
 * @param model name
 * @param version strictly rises over the life of a model, across failures and redeployments
 * @param created milliseconds since the epoch
 * @param spec the model as JSON
 * @param dtype of the parameters: F32, little-endian
 * @param parameters how many
 * @param parts in order
 * @param sha256 of all parts together, in hex
 * @param provenance where it comes from: samples, steps, source offsets, configuration hash, library versions, ...
 * @param features how records become inputs, as {@link FeatureMapping#toJson} writes it; null for records that hold their
 *     features ready
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonPropertyOrder({
    "format",
    "model",
    "version",
    "created",
    "spec",
    "dtype",
    "parameters",
    "parts",
    "sha256",
    "provenance",
    "features"
})
public record SnapshotManifest(
        int format,
        String model,
        long version,
        long created,
        String spec,
        String dtype,
        int parameters,
        List<Part> parts,
        String sha256,
        Map<String, String> provenance,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String features) {

    /** The newest format that this release reads and the one that it writes. */
    public static final int FORMAT = 1;

    /** What the newest event time learnt from is called in the provenance, milliseconds since the epoch. */
    public static final String NEWEST_EVENT_TIME = "maxEventTime";

    /** What says {@code false} in the provenance of parameters that no checkpoint covers; absent from all others. */
    public static final String COVERED = "covered";

    /** What the life of the job that made it is called in the provenance: another one after each failure. */
    public static final String INCARNATION = "incarnation";

    static final String F32 = "F32";
    private static final String NAME = "[a-zA-Z0-9._-]{1,200}";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /**
     * One part of the parameters' bytes.
     *
     * @param size in bytes
     * @param sha256 in hex
     */
    public record Part(int size, String sha256) {
        public Part {
            if (size < Float.BYTES || size % Float.BYTES != 0) {
                throw new SnapshotException(
                        "the size of a part must be a positive multiple of " + Float.BYTES + ". Received: " + size);
            }
            require("the sha256 of a part", sha256);
        }
    }

    public SnapshotManifest {
        checkFormat(format);
        if (!isName(model)) {
            throw new SnapshotException("model name must be 1 to 200 of a-z A-Z 0-9 . _ -. Received: " + model);
        }
        if (version < 0) throw new SnapshotException("version must be >= 0. Received: " + version);
        require("spec", spec);
        require("parts", parts);
        require("sha256", sha256);
        if (!F32.equals(dtype)) throw new SnapshotException("dtype must be " + F32 + ". Received: " + dtype);
        long bytes = 0;
        for (Part part : parts) bytes += Objects.requireNonNull(part, "a part").size();
        if (parameters < 1 || bytes != (long) parameters * Float.BYTES) {
            throw new SnapshotException("the parts of " + model + " version " + version + " must have "
                    + (long) parameters * Float.BYTES + " bytes for " + parameters + " parameters. Received: " + bytes);
        }
        parts = List.copyOf(parts);
        provenance = provenance == null ? new TreeMap<>() : new TreeMap<>(provenance);
    }

    /** The manifest of a model whose records hold their features ready. */
    public SnapshotManifest(
            int format,
            String model,
            long version,
            long created,
            String spec,
            String dtype,
            int parameters,
            List<Part> parts,
            String sha256,
            Map<String, String> provenance) {
        this(format, model, version, created, spec, dtype, parameters, parts, sha256, provenance, null);
    }

    private static void require(String field, @Nullable Object value) {
        if (value == null) throw new SnapshotException("The manifest lacks " + field);
    }

    private static void checkFormat(long format) {
        if (format >= 1 && format <= FORMAT) return;
        throw new SnapshotException("Snapshot format " + format + " is unknown; this release reads formats 1 to "
                + FORMAT + ". A newer release wrote it.");
    }

    /** Whether a completed checkpoint covers the parameters: whether a failure cannot take them back. */
    public boolean covered() {
        return !"false".equals(provenance.get(COVERED));
    }

    /** Whether a name can be that of a model, a file and a topic; a path it can never be. */
    public static boolean isName(String name) {
        return name != null && name.matches(NAME) && !name.matches("\\.+");
    }

    /**
     * The model it belongs to.
     *
     * @throws SnapshotException if its text is none
     */
    public ModelSpec modelSpec() {
        try {
            ModelSpec modelSpec = ModelSpec.fromJson(spec);
            int unused = modelSpec.layout().size(); // a model too large to count is none either
            return modelSpec;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new SnapshotException(
                    "the model of snapshot " + model + " version " + version + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * How records become inputs of the model; null for records that hold their features ready.
     *
     * @throws SnapshotException if its text is no mapping, or one to another number of inputs
     */
    public @Nullable FeatureMapping featureMapping() {
        if (features == null) return null;
        FeatureMapping mapping;
        try {
            mapping = FeatureMapping.fromJson(features);
        } catch (IllegalArgumentException e) {
            throw new SnapshotException(
                    "the features of snapshot " + model + " version " + version + " cannot be read: " + e.getMessage(),
                    e);
        }
        int inputs = modelSpec().inputs();
        if (mapping.spec().width() != inputs) {
            throw new SnapshotException("the features of snapshot " + model + " version " + version + " must be the "
                    + inputs + " inputs of its model. Received: "
                    + mapping.spec().width());
        }
        return mapping;
    }

    /** Indented JSON. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("words and numbers can be written", e);
        }
    }

    /** @throws SnapshotException if it is no manifest or of an unknown format */
    public static SnapshotManifest fromJson(String json) {
        try {
            JsonNode tree = JSON.readTree(json);
            JsonNode format = tree.path("format");
            if (!format.isIntegralNumber()) throw new SnapshotException("The manifest lacks a format");
            checkFormat(format.longValue()); // first: all else may look different in a newer one
            return JSON.treeToValue(tree, SnapshotManifest.class);
        } catch (JsonProcessingException e) {
            if (e.getCause() instanceof SnapshotException reason) throw reason;
            throw new SnapshotException("The manifest is not well-formed: " + e.getOriginalMessage(), e);
        }
    }
}
