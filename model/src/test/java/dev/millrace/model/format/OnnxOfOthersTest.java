package dev.millrace.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs as other programs write them, PyTorch above all: channels first, other names. ONNX Runtime says what they compute. */
class OnnxOfOthersTest {
    private static final int ROWS = 50;

    @TempDir
    private Path directory;

    private int placed;

    private ParameterBlock block(String name, Integer... shape) {
        ParameterBlock block = new ParameterBlock(name, List.of(shape), placed);
        placed += block.size();
        return block;
    }

    private static float[] random(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) values[i] = (float) (1.6 * random.nextDouble() - 0.8);
        return values;
    }

    private static byte[] model(OnnxGraph graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph.build())
                .build()
                .toByteArray();
    }

    private float[] read(byte[] model, String spec) throws IOException {
        return ParameterFiles.read(Files.write(directory.resolve("other.onnx"), model), ModelSpec.fromYaml(spec));
    }

    @Test
    void anImageThatIsFlattenedChannelByChannelComesPixelByPixel() throws Exception {
        OnnxGraph graph = new OnnxGraph("main_graph", random(1000, 4));
        graph.input(OnnxExport.INPUT, OnnxGraph.FLOAT, null, 2, 7, 6);
        graph.output(OnnxExport.OUTPUT, OnnxGraph.FLOAT, null, 3);
        String conv = graph.node(
                        "Conv",
                        OnnxExport.INPUT,
                        graph.parameter(block("features.0.weight", 4, 2, 3, 2)),
                        graph.parameter(block("features.0.bias", 4)))
                .integers("kernel_shape", 3, 2)
                .output();
        String depthwise = graph.node(
                        "Conv",
                        conv,
                        graph.parameter(block("features.1.weight", 8, 1, 2, 2)),
                        graph.parameter(block("features.1.bias", 8)))
                .integer("group", 4)
                .output();
        String pool = graph.node("MaxPool", graph.node("Relu", depthwise).output())
                .integers("kernel_shape", 2, 2)
                .integers("strides", 2, 2)
                .output();
        String flat = graph.node("Flatten", pool).integer("axis", 1).output();
        String hidden = graph.node(
                        "Gemm",
                        flat,
                        graph.parameter(block("classifier.weight", 5, 32)),
                        graph.parameter(block("classifier.bias", 5)))
                .integer("transB", 1)
                .output();
        String product = graph.node(
                        "MatMul", graph.node("Tanh", hidden).output(), graph.parameter(block("onnx::MatMul_12", 5, 3)))
                .output();
        String logits = graph.node("Add", graph.parameter(block("head.bias", 3)), product)
                .output();
        graph.rename(graph.node("Softmax", logits).integer("axis", 1).output(), OnnxExport.OUTPUT);
        String spec = """
                inputs: [7, 6, 2]
                layers:
                  - conv2d: {filters: 4, kernel_size: [3, 2]}
                  - depthwise_conv2d: {kernel_size: 2, depth_multiplier: 2, activation: relu}
                  - max_pooling2d
                  - flatten
                  - dropout: {rate: 0.5}
                  - dense: {units: 5, activation: tanh}
                  - dense: {units: 3, activation: softmax}
                loss: categorical_crossentropy
                """;
        float[] channelsFirst = random(ROWS * 84, 5);
        float[] expected = OnnxExportTest.run(model(graph), channelsFirst, ROWS, 2, 7, 6);

        float[] parameters = read(model(graph), spec);

        float[] pixels = Axes.moved(channelsFirst, List.of(ROWS, 2, 7, 6), 0, 2, 3, 1);
        assertThat(FormatModels.predictions(ModelSpec.fromYaml(spec), parameters, pixels))
                .containsExactly(expected, within(1e-5f)); // float32 sums in another order
    }

    @Test
    void anLstmWithTwoBiasesHasTheirSum() throws Exception {
        OnnxGraph graph = new OnnxGraph("main_graph", random(1000, 6));
        graph.input(OnnxExport.INPUT, OnnxGraph.FLOAT, null, 6, 3);
        graph.output(OnnxExport.OUTPUT, OnnxGraph.FLOAT, null, 2);
        String steps = graph.node("Transpose", OnnxExport.INPUT)
                .integers("perm", 1, 0, 2)
                .output();
        List<String> lstm = graph.node(
                        "LSTM",
                        steps,
                        graph.parameter(block("onnx::LSTM_1", 1, 16, 3)),
                        graph.parameter(block("onnx::LSTM_2", 1, 16, 4)),
                        graph.parameter(block("onnx::LSTM_3", 1, 32)))
                .integer("hidden_size", 4)
                .outputs(2);
        String last = graph.node("Squeeze", lstm.get(1), graph.integers(0)).output();
        String y = graph.node(
                        "Gemm",
                        last,
                        graph.parameter(block("head.weight", 4, 2)),
                        graph.parameter(block("head.bias", 2)))
                .output();
        graph.rename(y, OnnxExport.OUTPUT);
        String spec = "{inputs: [6, 3], layers: [lstm: {units: 4}, dense: {units: 2}], loss: mean_squared_error}";
        float[] features = random(ROWS * 18, 7);

        float[] parameters = read(model(graph), spec);

        assertThat(FormatModels.predictions(ModelSpec.fromYaml(spec), parameters, features))
                .containsExactly(OnnxExportTest.run(model(graph), features, ROWS, 6, 3), within(1e-5f));
    }

    @Test
    void aGraphThatComputesSomethingElseIsRefused() {
        OnnxGraph scaled = new OnnxGraph("g", random(100, 8));
        String kernel = scaled.parameter(block("head.weight", 4, 2));
        scaled.node("Gemm", "x", kernel, scaled.parameter(block("head.bias", 2)))
                .number("alpha", 0.5)
                .output();
        OnnxGraph normalized = new OnnxGraph("g", random(100, 8));
        normalized
                .node("BatchNormalization", "x", normalized.parameter(block("bn.weight", 4)))
                .output();
        String spec = "{inputs: 4, layers: [dense: {units: 2}], loss: mean_squared_error}";

        assertThatThrownBy(() -> read(model(scaled), spec))
                .hasMessage("node g/Gemm_1 must have alpha 1.0. Received: 0.5");
        assertThatThrownBy(() -> read(model(normalized), spec))
                .hasMessageContaining("of other kinds")
                .hasMessageContaining("bn, batch_normalization (bn.weight [4])");
    }
}
