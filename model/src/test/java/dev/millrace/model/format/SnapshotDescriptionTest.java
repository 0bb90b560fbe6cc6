package dev.millrace.model.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotDescriptionTest {
    private static JsonNode described(Snapshot snapshot) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ExportFormat.JSON.write(snapshot, out);
        return new ObjectMapper().readTree(out.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("dev.millrace.model.format.FormatModels#all")
    void namesEveryTensorWithItsPlace(ModelSpec spec) throws IOException {
        JsonNode json = described(FormatModels.snapshot(spec, FormatModels.parameters(spec, 1), null));

        List<ParameterBlock> tensors = new ArrayList<>();
        for (JsonNode tensor : json.findValues("tensors")) {
            for (JsonNode one : tensor) {
                List<Integer> shape = new ArrayList<>();
                one.path("shape").forEach(extent -> shape.add(extent.asInt()));
                tensors.add(new ParameterBlock(
                        one.path("name").asText(), shape, one.path("offset").asInt()));
            }
        }
        assertThat(tensors).containsExactlyInAnyOrderElementsOf(spec.layout().blocks());
        assertThat(ModelSpec.fromJson(json.path("spec").toString())).isEqualTo(spec);
        assertThat(json.has("features")).isFalse();
    }

    @Test
    void showsHowRecordsBecomeInputs() throws IOException {
        ModelSpec spec = ModelSpec.fromYaml(
                "{name: bids, inputs: 1, layers: [dense: {units: 2, activation: softmax}], loss: categorical_crossentropy}");
        String features = """
                {"inputs":[{"numeric":{"field":"price"}}],"label":{"field":"outcome","classes":["LOST","WON"]},
                 "schema":{"type":"record","name":"Bid","fields":[{"name":"price","type":"double"},
                                                                  {"name":"outcome","type":"string"}]}}""";

        JsonNode json = described(FormatModels.snapshot(spec, FormatModels.parameters(spec, 1), features));

        assertThat(json.at("/features/inputs/0/numeric/field").asText()).isEqualTo("price");
        assertThat(json.path("classes").toString()).isEqualTo("[\"LOST\",\"WON\"]");
        assertThat(json.path("version").asLong()).isEqualTo(7);
        assertThat(json.at("/provenance/samples").asText()).isEqualTo("5");
    }
}
