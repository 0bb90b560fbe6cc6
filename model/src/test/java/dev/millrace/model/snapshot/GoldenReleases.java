package dev.millrace.model.snapshot;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.FeatureSpec;
import dev.millrace.model.feature.RecordMapper;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/** Writes the snapshots that a release keeps for ever; see the README beside them. */
final class GoldenReleases {
    /** Beside the version: what a reader must find in it. */
    static final String EXPECTED = "expected.json";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long VERSION = 42;

    private static final String FEATURES_MODEL = """
            name: golden-features
            inputs: 11
            layers: [{dense: {units: 3, activation: tanh}}, {dense: {units: 2, activation: softmax}}]
            loss: categorical_crossentropy
            """;
    private static final String FEATURES = """
            inputs:
              - numeric: {field: price, transform: log1p, missing: 0, indicator: true}
              - categorical: {field: country, vocabulary: [DE, FR, US], unknown: zero, missing: zero}
              - text: {field: body, ngrams: [1, 2], hash: 4}
              - cross: {fields: [country, color], hash: 2}
            label: {field: outcome, classes: [LOST, WON]}
            """;
    private static final String RECORD = """
            {"type": "record", "name": "golden.Bid", "fields": [
              {"name": "price", "type": ["null", "double"]},
              {"name": "country", "type": ["null", "string"]},
              {"name": "color", "type": "string"},
              {"name": "body", "type": "string"},
              {"name": "outcome", "type": "string"}]}
            """;
    private static final List<String> RECORDS = List.of("""
            {"price": {"double": 3.5}, "country": {"string": "FR"}, "color": "red",
             "body": "two words, two words", "outcome": "WON"}""", """
            {"price": null, "country": {"string": "XX"}, "color": "blue", "body": "Ünïcode ☃", "outcome": "LOST"}""", """
            {"price": {"double": 0}, "country": {"string": "DE"}, "color": "", "body": "", "outcome": "WON"}""");

    private static final String TABLES_MODEL = """
            name: golden-tables
            inputs: 4
            layers:
              - concatenate:
                  branches:
                    - inputs: [0, 2]
                      layers: [{embedding_bag: {input_dim: 5, output_dim: 3, mode: mean, mask_zero: true}}]
                    - inputs: [2, 4]
                      layers: [{sparse_linear: {input_dim: 7, units: 1}}]
              - dense: {units: 1, activation: sigmoid}
            loss: binary_crossentropy
            """;
    private static final float[][] TABLES_INPUTS = {{0, 1, 2, 6}, {4, 4, 0, 0}, {0, 0, 3, 5}};

    private static final String NORMALIZATION_MODEL = """
            name: golden-normalization
            inputs: 3
            layers:
              - normalization: {half_life: 10000}
              - dense: {units: 4, activation: relu}
              - layer_normalization
              - dense: {units: 1}
            loss: mean_squared_error
            """;
    private static final float[][] NORMALIZATION_INPUTS = {{0, 0, 0}, {1, -2, 3}, {1e6f, 1e-6f, -1}};

    private GoldenReleases() {}

    static void write(Path release) throws IOException {
        writeFeatures(release.resolve("features"));
        write(release.resolve("tables"), ModelSpec.fromYaml(TABLES_MODEL), null, null, TABLES_INPUTS);
        write(
                release.resolve("normalization"),
                ModelSpec.fromYaml(NORMALIZATION_MODEL),
                null,
                null,
                NORMALIZATION_INPUTS);
    }

    private static void writeFeatures(Path directory) throws IOException {
        Map<String, Object> tree = new YAMLMapper().readValue(FEATURES, new TypeReference<>() {});
        Schema schema = new Schema.Parser().parse(RECORD);
        FeatureMapping mapping = FeatureMapping.of(FeatureSpec.of(tree), schema);
        ObjectNode records = JSON.createObjectNode();
        records.put("schema", schema.toString());
        RECORDS.forEach(records.putArray("records")::add);
        write(directory, ModelSpec.fromYaml(FEATURES_MODEL), mapping, records, inputs(mapping, records));
    }

    private static void write(
            Path directory,
            ModelSpec spec,
            @Nullable FeatureMapping mapping,
            @Nullable ObjectNode records,
            float[][] inputs)
            throws IOException {
        float[] parameters = parameters(spec);
        Map<String, String> provenance = Map.of("samples", "1234", "steps", "56");
        SnapshotManifest manifest = SnapshotParts.split(
                        spec,
                        mapping == null ? null : mapping.toJson(),
                        VERSION,
                        Models.CREATED,
                        parameters,
                        provenance,
                        64)
                .manifest();
        Path version = Files.createDirectories(directory.resolve("versions/" + VERSION));
        try (OutputStream out = Files.newOutputStream(version.resolve(SnapshotDirectory.PARAMETERS))) {
            Safetensors.write(spec.layout(), parameters, provenance, out);
        }
        Files.writeString(version.resolve(SnapshotDirectory.MANIFEST), manifest.toJson() + "\n");
        Files.writeString(
                directory.resolve(SnapshotDirectory.CURRENT),
                "{\"model\": \"" + spec.name() + "\", \"version\": " + VERSION + "}\n");
        ObjectNode expected = records == null ? JSON.createObjectNode() : records;
        expected.set("parameters", JSON.valueToTree(parameters));
        expected.set("inputs", JSON.valueToTree(inputs));
        expected.set("predictions", JSON.valueToTree(predictions(spec, parameters, inputs)));
        Files.writeString(
                directory.resolve(EXPECTED),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(expected) + "\n");
    }

    /** None is zero, and those that are counts or variances are positive. */
    private static float[] parameters(ModelSpec spec) {
        SplittableRandom random = new SplittableRandom(7);
        float[] parameters = new float[spec.layout().size()];
        for (int i = 0; i < parameters.length; i++) parameters[i] = (float) random.nextDouble(0.05, 1.5);
        spec.layout().blocks().stream()
                .filter(block -> block.name().endsWith("/count"))
                .forEach(block -> parameters[block.offset()] = 5_000);
        return parameters;
    }

    /** The features of the records that {@code expected} holds. */
    static float[][] inputs(FeatureMapping mapping, JsonNode expected) throws IOException {
        Schema writer = new Schema.Parser().parse(expected.path("schema").asText());
        GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(writer, mapping.schema());
        RecordMapper mapper = mapping.mapper();
        ArrayNode records = (ArrayNode) expected.path("records");
        float[][] inputs = new float[records.size()][mapper.width()];
        for (int i = 0; i < inputs.length; i++) {
            String json = records.get(i).asText();
            mapper.features(reader.read(null, DecoderFactory.get().jsonDecoder(writer, json)), inputs[i]);
        }
        return inputs;
    }

    static float[] predictions(ModelSpec spec, float[] parameters, float[][] inputs) {
        SampleBatch batch = new SampleBatch(spec.inputs(), spec.labelWidth(), inputs.length);
        for (float[] row : inputs) batch.append(row, new float[spec.labelWidth()], 1);
        float[] predictions = new float[inputs.length * spec.outputs()];
        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            engine.upload(0, parameters, parameters.length);
            engine.predict(batch, inputs.length, predictions);
        }
        return predictions;
    }
}
