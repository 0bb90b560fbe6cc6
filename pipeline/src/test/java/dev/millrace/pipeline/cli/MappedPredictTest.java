package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.FeatureSpec;
import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code predict} on records of a user's own, with {@code p(WON) = sigmoid(price)}. */
class MappedPredictTest {
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: bids
            inputs: 1
            layers: [{dense: {units: 1, activation: sigmoid}}]
            loss: binary_crossentropy
            """);
    private static final Schema BID = new Schema.Parser().parse("""
            {"type": "record", "name": "Bid", "fields": [
              {"name": "auction", "type": "string"}, {"name": "price", "type": "double"},
              {"name": "outcome", "type": "string"}]}
            """);
    private static final Schema UNLABELED = new Schema.Parser().parse("""
            {"type": "record", "name": "Bid", "fields": [
              {"name": "price", "type": "float"}, {"name": "auction", "type": "string"}]}
            """);

    @TempDir
    Path directory;

    private void publish(@Nullable String features) throws IOException {
        Path place = Files.createDirectories(directory.resolve("versions/1"));
        float[] parameters = {1, 0};
        String manifest = SnapshotParts.split(SPEC, features, 1, 1_700_000_000_000L, parameters, Map.of(), 8)
                .manifest()
                .toJson();
        try (OutputStream out = Files.newOutputStream(place.resolve("model.safetensors"))) {
            Safetensors.write(SPEC.layout(), parameters, Map.of(), out);
        }
        Files.writeString(place.resolve("manifest.json"), manifest);
        Files.writeString(directory.resolve("current.json"), manifest);
    }

    private static String mapping() {
        return FeatureMapping.of(
                        FeatureSpec.of(Map.of(
                                "inputs",
                                List.of(Map.of("numeric", Map.of("field", "price"))),
                                "label",
                                Map.of("field", "outcome", "classes", List.of("LOST", "WON")),
                                "id",
                                Map.of("field", "auction"))),
                        BID)
                .toJson();
    }

    private Path file(Schema schema, Object[]... records) throws IOException {
        Path path = directory.resolve("bids.avro");
        try (DataFileWriter<GenericRecord> writer =
                new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(schema)).create(schema, path.toFile())) {
            for (Object[] values : records) {
                GenericRecord record = new GenericData.Record(schema);
                for (int i = 0; i < values.length; i++) record.put(i, values[i]);
                writer.append(record);
            }
        }
        return path;
    }

    @Test
    void recordsAreMappedAsInTrainingAndClassesHaveTheirNames() throws IOException {
        publish(mapping());
        Path data = file(BID, new Object[] {"a", 1.0, "WON"}, new Object[] {"b", -1.0, "LOST"});
        Path output = directory.resolve("out.csv");

        Ran ran = Ran.millrace("predict", "-d", directory.toString(), "--output", output.toString(), data.toString());

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        // -ln sigmoid(1) = 0.31326 for both.
        assertThat(ran.out())
                .containsPattern("loss +0.31326")
                .containsPattern("accuracy +1.00000")
                .containsPattern("LOST +1.00000 +1.00000 +1.00000 +1\\n")
                .containsPattern("WON +1.00000 +1.00000 +1.00000 +1\\n")
                // sigmoid(1) = 0.73106, of what came true each time
                .containsPattern("calibration error +0.26894 ")
                .containsPattern("Brier score +0.07233");
        assertThat(Files.readAllLines(output))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("id,class,output_0"),
                        line -> assertThat(line).startsWith("a,WON,0.73"),
                        line -> assertThat(line).startsWith("b,LOST,0.26"));
    }

    @Test
    void featuresInCsvHaveTheClassesOfTheMapping() throws IOException {
        publish(mapping());
        Path data = Files.writeString(directory.resolve("data.csv"), "price,won\n1,1\n-1,0\n");

        Ran ran = Ran.millrace("predict", "-d", directory.toString(), "--label", "won", data.toString());

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(ran.out()).containsPattern("LOST +1.00000").containsPattern("WON +1.00000");
    }

    @Test
    void recordsWithoutLabelArePredictedOnly() throws IOException {
        publish(mapping());
        Path data = file(UNLABELED, new Object[] {2f, "z"});
        Path output = directory.resolve("out.csv");

        Ran ran = Ran.millrace("predict", "-d", directory.toString(), "--output", output.toString(), data.toString());

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(Files.readAllLines(output)).last().asString().startsWith("z,WON,0.88");
    }

    @Test
    void aModelWithoutFeaturesCannotTakeRecords() throws IOException {
        publish(null);
        Path data = file(UNLABELED, new Object[] {2f, "z"});

        Ran ran = Ran.millrace("predict", "-d", directory.toString(), data.toString());

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("need a model with a features section. Received: model bids version 1");
    }
}
