package dev.millrace.model.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.Nd4jEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import java.util.stream.Stream;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.SizeTPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models with convolutions on cuDNN and on products of patches, without the norms of the samples' gradients: with them kernels'
 * gradients come from patches always.
 */
@OnEmulatedCuda
class ConvolvingEngineOnEmulatedCudaTest {
    private static final int ROWS = 43; // no size of a graph
    private static final ModelSpec IMAGES = ModelSpec.fromYaml(CudaModels.IMAGES);

    @AfterEach
    void asItBegan() {
        EmulatedCuda.memory(512L << 20);
        EmulatedCuda.seed(0);
        EmulatedCuda.othersFirst(false);
    }

    static Stream<String> models() {
        return Stream.concat(
                CudaModels.all().filter(yaml -> yaml.contains("conv2d")),
                Stream.of(
                        image("conv2d: {filters: 3, kernel_size: 3, padding: same, activation: tanh}"),
                        image("conv2d: {filters: 34, kernel_size: [5, 1], padding: same, activation: tanh}"),
                        image("conv2d: {filters: 2, kernel_size: 3, strides: [3, 2], activation: sigmoid}"),
                        image("conv2d: {filters: 4, kernel_size: 1, strides: 2, padding: same}"),
                        image("conv2d: {filters: 4, kernel_size: 3}, conv2d: {filters: 5, kernel_size: 3}"),
                        """
                        inputs: [5, 5, 3]
                        layers: [conv2d: {filters: 2, kernel_size: 5}, flatten]
                        loss: mean_squared_error
                        """)); // the last layer: float32 whatever the precision
    }

    private static String image(String layers) {
        return """
                inputs: [7, 6, 3]
                layers: [%s, flatten, dense: {units: 3, activation: softmax}]
                loss: categorical_crossentropy
                """.formatted(layers);
    }

    private static CudaEngine engine(ModelSpec spec, Precision precision, boolean cudnn) {
        return new CudaEngine(spec, new CudaSettings(0, precision, true, 0, cudnn));
    }

    private static float[] gradient(GradientEngine engine, ModelSpec spec, SampleBatch batch, int microBatch) {
        float[] parameters = CudaModels.parameters(spec, 5);
        GradientSum sum = CudaModels.sum(spec, false);
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(batch, microBatch, sum);
        return sum.gradient;
    }

    private static long free() {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            assertThat(cudart.cudaMemGetInfo(free, total)).isZero();
            return free.get();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void cudnnAgreesWithTheCpu(String yaml) {
        compare(yaml, true);
    }

    @ParameterizedTest
    @MethodSource("models")
    void patchesAgreeWithTheCpu(String yaml) {
        compare(yaml, false);
    }

    private static void compare(String yaml, boolean cudnn) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        SampleBatch batch = CudaModels.samples(spec, ROWS, 3);
        float[] expected;
        try (GradientEngine cpu = new Nd4jEngine(spec)) {
            expected = gradient(cpu, spec, batch, ROWS);
        }
        for (Precision precision : Precision.values()) {
            try (CudaEngine engine = engine(spec, precision, cudnn)) {
                for (int microBatch : new int[] {ROWS, 5}) {
                    for (int i = 0; i < 3; i++) { // pieces, then recorded, then a graph
                        float[] actual = gradient(engine, spec, batch, microBatch);

                        assertThat(CudaModels.distance(actual, expected, expected.length))
                                .as("%s, micro-batches of %d", precision, microBatch)
                                .isLessThan(bound(precision));
                    }
                }
            }
        }
    }

    /** Sums of some thousand products in another order; factors of 11 and 8 bits, some largest of a pool another one. */
    private static double bound(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> 1e-5;
            case TF32 -> 5e-3;
            case BFLOAT16 -> 5e-2;
        };
    }

    @ParameterizedTest
    @EnumSource
    void theSameCallsGiveTheSameBits(Precision precision) {
        SampleBatch batch = CudaModels.samples(IMAGES, 100, 3);
        try (CudaEngine one = engine(IMAGES, precision, true);
                CudaEngine other = engine(IMAGES, precision, true)) {
            float[] expected = gradient(one, IMAGES, batch, 40).clone();
            EmulatedCuda.seed(99); // blocks and threads run in another order, engines that may sum so do
            EmulatedCuda.othersFirst(true);

            for (int i = 0; i < 3; i++)
                assertThat(gradient(other, IMAGES, batch, 40)).isEqualTo(expected);
        }
    }

    @Test
    void cudnnIsUsedUnlessItIsTurnedOff() {
        SampleBatch batch = CudaModels.samples(IMAGES, 100, 3);
        try (CudaEngine with = engine(IMAGES, Precision.FLOAT32, true);
                CudaEngine without = engine(IMAGES, Precision.FLOAT32, false)) {
            assertThat(with.convolutions()).isEqualTo("cuDNN 9.19.0");
            assertThat(without.convolutions()).isEqualTo("no cuDNN");
            float[] one = gradient(with, IMAGES, batch, 100);
            float[] other = gradient(without, IMAGES, batch, 100);
            // Sums in other orders: the last bits tell who computed.
            assertThat(Arrays.equals(one, other)).isFalse();
            assertThat(CudaModels.distance(one, other, one.length)).isLessThan(1e-5);
        }
    }

    @Test
    void modelsForWhichItDoesNotMatterSayNothing() {
        ModelSpec asymmetric = ModelSpec.fromYaml("""
                inputs: [6, 6, 1]
                layers: [conv2d: {filters: 2, kernel_size: 2, padding: same}, flatten, dense: {units: 1}]
                loss: mean_squared_error
                """);
        try (CudaEngine dense = engine(ModelSpec.fromYaml(CudaModels.DIGITS), Precision.FLOAT32, true);
                CudaEngine patches = engine(asymmetric, Precision.FLOAT32, true)) {
            assertThat(dense.convolutions()).isEmpty();
            assertThat(patches.convolutions()).isEmpty();
            assertThat(patches.deviceBytes()).as("no workspace").isLessThan(dense.deviceBytes() + (1 << 20));
        }
    }

    @Test
    void whatCudnnLeavesToPatchesIsCounted() {
        ModelSpec spec = ModelSpec.fromYaml("""
                inputs: [9, 9, 1]
                layers:
                  - conv2d: {filters: 2, kernel_size: 3, padding: same}
                  - conv2d: {filters: 2, kernel_size: 9, padding: same}
                  - flatten
                  - dense: {units: 1}
                loss: mean_squared_error
                """);
        SampleBatch batch = CudaModels.samples(spec, 20, 3);
        try (CudaEngine engine = engine(spec, Precision.FLOAT32, true)) {
            assertThat(engine.convolutions()).isEqualTo("cuDNN 9.19.0");

            gradient(engine, spec, batch, 20);

            assertThat(engine.convolutions()).isEqualTo("cuDNN 9.19.0 but for 1 left to patches");
            assertThat(engine.convolutionText()).startsWith(engine.convolutions());
        }
        try (CudaEngine engine = engine(spec, Precision.FLOAT32, false)) {
            assertThat(engine.convolutionText())
                    .isEqualTo("no cuDNN: cuda.cudnn is false (convolutions are products of patches)");
        }
    }

    @Test
    void kernelGradientsThatComeInBfloat16AloneAreCudnnsToo() {
        ModelSpec spec = ModelSpec.fromYaml(
                """
                inputs: [7, 6, 3]
                layers: [conv2d: {filters: 4, kernel_size: 3}, flatten, dense: {units: 1}]
                loss: mean_squared_error
                """); // with an odd number of channels the emulation sums them up in float32 but writes bfloat16
        SampleBatch batch = CudaModels.samples(spec, 20, 3);
        try (CudaEngine engine = engine(spec, Precision.BFLOAT16, true)) {
            gradient(engine, spec, batch, 20);

            assertThat(engine.convolutions()).isEqualTo("cuDNN 9.19.0");
        }
    }

    @Test
    void convolutionsInBranchesAreSeen() {
        ModelSpec spec = ModelSpec.fromYaml("""
                inputs: [6, 5, 2]
                layers:
                  - concatenate:
                      branches:
                        - {layers: [{conv2d: {filters: 2, kernel_size: 3}}, flatten]}
                        - {layers: [global_max_pooling2d]}
                  - dense: {units: 1}
                loss: mean_squared_error
                """);
        try (CudaEngine engine = engine(spec, Precision.FLOAT32, true)) {
            assertThat(engine.convolutions()).isEqualTo("cuDNN 9.19.0");
        }
    }

    @Test
    void memoryIsFlatOverManySteps() {
        ModelSpec spec = ModelSpec.fromYaml("""
                inputs: [3, 3, 1]
                layers: [conv2d: {filters: 2, kernel_size: 2, activation: relu}, flatten, dense: {units: 1}]
                loss: mean_squared_error
                """);
        SampleBatch batch = CudaModels.samples(spec, 4, 3);
        try (CudaEngine engine = engine(spec, Precision.FLOAT32, true)) {
            GradientSum sum = CudaModels.sum(spec, false);
            engine.lossAndGradient(batch, 4, sum);
            long before = free();
            long held = engine.deviceBytes();
            float[] one = new float[1];
            for (int i = 0; i < 3000; i++) {
                engine.upload(i % spec.layout().size(), one, 1);
                engine.lossAndGradient(batch, 4, sum);
            }

            assertThat(free()).isEqualTo(before);
            assertThat(engine.deviceBytes()).isEqualTo(held);
        }
    }

    @Test
    void nothingIsLeftBehind() {
        SampleBatch batch = CudaModels.samples(IMAGES, 50, 3);
        try (CudaEngine warm =
                engine(IMAGES, Precision.FLOAT32, true)) { // the libraries keep some memory of the first use
            gradient(warm, IMAGES, batch, 20);
        }
        long before = free();

        for (int i = 0; i < 3; i++) {
            try (CudaEngine engine = engine(IMAGES, Precision.FLOAT32, true)) {
                gradient(engine, IMAGES, batch, 20);
            }
        }

        assertThat(free()).isEqualTo(before);
    }

    @Test
    void patchesThatCudnnLeavesTheirMemoryForComeWhenTheyAreNeeded() {
        SampleBatch batch = CudaModels.samples(IMAGES, 50, 3);
        try (CudaEngine engine = engine(IMAGES, Precision.FLOAT32, true)) {
            gradient(engine, IMAGES, batch, 50);
            long without = engine.deviceBytes();

            GradientSum withNorms = CudaModels.gradient(engine, IMAGES, CudaModels.parameters(IMAGES, 5), batch, 50);

            assertThat(withNorms.squaredNormSum).isPositive();
            assertThat(engine.deviceBytes()).isGreaterThan(without);
        }
    }
}
