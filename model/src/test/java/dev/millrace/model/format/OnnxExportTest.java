package dev.millrace.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.ModelSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exported models in ONNX Runtime, which shares no code with the engine, against the engine. */
class OnnxExportTest {
    /** float32 sums in another order; predictions and activations are of the order of 1. */
    private static final float TOLERANCE = 1e-5f;

    private static final int ROWS = 200;

    static Stream<ModelSpec> models() {
        return FormatModels.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void predictsTheSameInOnnxRuntime(ModelSpec spec) throws Exception {
        float[] parameters = FormatModels.parameters(spec, 5);
        float[] features = FormatModels.features(spec, ROWS);
        float[] expected = FormatModels.predictions(spec, parameters, features);

        float[] predictions = run(exported(spec, parameters), features, spec.inputs());

        assertThat(predictions).hasSize(ROWS * spec.outputs()).containsExactly(expected, within(TOLERANCE));
        assertThat(expected[expected.length - 1]).as("rows differ").isNotEqualTo(expected[spec.outputs() - 1]);
    }

    @Test
    void everyKindOfLayerIsAmongTheModels() {
        List<Class<?>> covered = FormatModels.all()
                .flatMap(spec -> FormatModels.layers(spec.layers()))
                .<Class<?>>map(LayerSpec::getClass)
                .distinct()
                .toList();

        assertThat(LayerSpec.class.getPermittedSubclasses()).containsExactlyInAnyOrderElementsOf(covered);
    }

    @Test
    void anyNumberOfRowsGoesThrough() throws Exception {
        ModelSpec spec = models().skip(20).findFirst().orElseThrow();
        float[] parameters = FormatModels.parameters(spec, 5);
        byte[] model = exported(spec, parameters);
        float[] features = FormatModels.features(spec, 4);

        float[] one = run(model, Arrays.copyOf(features, spec.inputs()), spec.inputs());

        assertThat(one)
                .containsExactly(
                        Arrays.copyOf(run(model, features, spec.inputs()), one.length),
                        within(1e-6f)); // products of other sizes may sum in another order
    }

    @Test
    void momentsOfFewSamplesGiveZerosAsInTheEngine() throws Exception {
        ModelSpec spec = ModelSpec.fromYaml(
                "{name: m, inputs: 2, layers: [normalization, dense: {units: 1}], loss: mean_squared_error}");
        float[] parameters = {3, 4, 1, 1, 999, 5, 6, 0.25f}; // means, variances, count, kernel, bias

        assertThat(run(exported(spec, parameters), new float[] {7, 8}, 2)).containsExactly(0.25f);
        parameters[4] = 1000;
        assertThat(run(exported(spec, parameters), new float[] {7, 8}, 2)[0]).isCloseTo(44.25f, within(1e-4f));
    }

    @Test
    void metadataSaysWhereItComesFromAndWhatTheInputsAre() throws Exception {
        ModelSpec spec = ModelSpec.fromYaml(
                "{name: bids, inputs: 1, layers: [dense: {units: 2, activation: softmax}], loss: categorical_crossentropy}");
        String features = """
                {"inputs":[{"numeric":{"field":"price"}}],"label":{"field":"outcome","classes":["LOST","WON"]},
                 "schema":{"type":"record","name":"Bid","fields":[{"name":"price","type":"double"},
                                                                  {"name":"outcome","type":"string"}]}}""";
        Snapshot snapshot = FormatModels.snapshot(spec, FormatModels.parameters(spec, 5), features);

        try (OrtSession session = session(bytes(snapshot))) {
            Map<String, String> metadata = session.getMetadata().getCustomMetadata();

            assertThat(metadata)
                    .containsEntry("model", "bids")
                    .containsEntry("version", "7")
                    .containsEntry("sha256", snapshot.manifest().sha256())
                    .containsEntry("provenance.samples", "5")
                    .containsEntry("features", features)
                    .containsEntry("classes", "[\"LOST\",\"WON\"]");
            assertThat(session.getMetadata().getVersion()).isEqualTo(7);
            assertThat(session.getInputNames()).containsExactly("features");
            assertThat(session.getOutputNames()).containsExactly("predictions");
        }
    }

    @Test
    void idsOutsideTheTableAreRefusedWhereItRuns() throws Exception {
        ModelSpec spec = ModelSpec.fromYaml(
                "{name: m, inputs: 1, layers: [sparse_linear: {input_dim: 3, units: 1}], loss: mean_squared_error}");
        byte[] model = exported(spec, FormatModels.parameters(spec, 5));

        assertThatThrownBy(() -> run(model, new float[] {3}, 1)).hasMessageContaining("sparse_linear_1/Gather");
    }

    static byte[] exported(ModelSpec spec, float[] parameters) throws IOException {
        return bytes(FormatModels.snapshot(spec, parameters, null));
    }

    private static byte[] bytes(Snapshot snapshot) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OnnxExport.write(snapshot, out);
        return out.toByteArray();
    }

    private static OrtSession session(byte[] model) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        return OrtEnvironment.getEnvironment().createSession(model, options);
    }

    private static float[] run(byte[] model, float[] features, int inputs) throws OrtException {
        return run(model, features, features.length / inputs, (long) inputs);
    }

    /** What a graph makes of some rows. */
    static float[] run(byte[] model, float[] features, int rows, long... shapeOfOne) throws OrtException {
        long[] shape = new long[1 + shapeOfOne.length];
        shape[0] = rows;
        System.arraycopy(shapeOfOne, 0, shape, 1, shapeOfOne.length);
        try (OrtSession session = session(model);
                OnnxTensor tensor =
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), FloatBuffer.wrap(features), shape);
                OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, tensor))) {
            FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
    }
}
