package dev.millrace.model.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.Nd4jEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers over channels and steps where samples are few, of no weight, or in any order of blocks and threads. */
@OnEmulatedCuda
class LayersOnEmulatedCudaTest {
    private static final long MEMORY = 512L << 20; // as the emulation begins; other tests leave less
    private static final double ROUNDING = 1e-5; // of the gradient, relative: sums in another order

    @BeforeEach
    void roomForAll() {
        EmulatedCuda.memory(MEMORY);
    }

    @AfterEach
    void asItBegan() {
        EmulatedCuda.seed(0);
        EmulatedCuda.othersFirst(false);
    }

    static Stream<String> models() {
        return Stream.concat(CudaModels.overChannels(), overSteps());
    }

    /** The last would be far off in bfloat16: rounding makes some largest value of a convolution another one. */
    static Stream<String> overSteps() {
        return Stream.concat(
                CudaModels.overSteps(),
                Stream.of(CudaModels.sequence("conv2d: {filters: 35, kernel_size: [3, 1], activation: tanh},"
                        + " global_max_pooling1d: {}")));
    }

    private static CudaEngine engine(ModelSpec spec, Precision precision) {
        return new CudaEngine(spec, new CudaSettings(0, precision, true, 0));
    }

    private static GradientSum on(GradientEngine engine, ModelSpec spec, SampleBatch batch, int microBatch) {
        return CudaModels.gradient(engine, spec, CudaModels.parameters(spec, 5), batch, microBatch);
    }

    private static void assertClose(ModelSpec spec, GradientSum actual, GradientSum expected) {
        float[] flat = CudaModels.flat(spec, expected);
        assertThat(CudaModels.distance(CudaModels.flat(spec, actual), flat, flat.length))
                .isLessThan(ROUNDING);
        assertThat(CudaModels.distance(actual.predictions, expected.predictions, expected.predictions.length))
                .isLessThan(ROUNDING);
        assertThat(actual.weight).isEqualTo(expected.weight);
    }

    @ParameterizedTest
    @MethodSource("models")
    void oneSampleAgrees(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        SampleBatch batch = CudaModels.samples(spec, 1, 3);
        try (GradientEngine cpu = new Nd4jEngine(spec);
                CudaEngine engine = engine(spec, Precision.FLOAT32)) {
            assertClose(spec, on(engine, spec, batch, 1), on(cpu, spec, batch, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void theSameCallsGiveTheSameBits(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        SampleBatch batch = CudaModels.samples(spec, 21, 3);
        for (Precision precision : new Precision[] {Precision.FLOAT32, Precision.BFLOAT16}) {
            EmulatedCuda.seed(0);
            EmulatedCuda.othersFirst(false);
            try (CudaEngine one = engine(spec, precision);
                    CudaEngine other = engine(spec, precision)) {
                GradientSum expected = on(one, spec, batch, 8);
                EmulatedCuda.seed(99); // blocks and threads run in another order
                EmulatedCuda.othersFirst(true);

                GradientSum actual = on(other, spec, batch, 8);

                assertThat(CudaModels.flat(spec, actual)).isEqualTo(CudaModels.flat(spec, expected));
                assertThat(actual.predictions).isEqualTo(expected.predictions);
                assertThat(actual.squaredNormSum).isEqualTo(expected.squaredNormSum);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void rowsWithoutWeightAreNotFeltEvenIfTheyOverflow(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        SampleBatch batch = CudaModels.samples(spec, 9, 3);
        SampleBatch with = CudaModels.samples(spec, 9, 3);
        SampleBatch more = CudaModels.samples(spec, 2, 4);
        int[] ids = spec.ids();
        for (int i = 0; i < more.rows() * spec.inputs(); i++) {
            if (ids[i % ids.length] == 0) more.features()[i] = 3e38f;
        }
        Arrays.fill(more.weights(), 0);
        with.append(more);
        try (GradientEngine cpu = new Nd4jEngine(spec);
                CudaEngine engine = engine(spec, Precision.FLOAT32)) {
            GradientSum expected = on(cpu, spec, batch, 16);
            for (int i = 0; i < 2; i++) { // pieces, then a graph
                GradientSum actual = on(engine, spec, with, 16);
                assertThat(CudaModels.distance(
                                CudaModels.flat(spec, actual),
                                CudaModels.flat(spec, expected),
                                spec.layout().size()))
                        .isLessThan(ROUNDING);
                assertThat(actual.squaredNormSum / expected.squaredNormSum)
                        .isBetween(1 - 2 * ROUNDING, 1 + 2 * ROUNDING);
            }
        }
    }

    /** The last steps of the first row are zeros, and so is the third of the second, if there is one; the third row is all zeros. */
    private static SampleBatch withAbsentSteps(ModelSpec spec) {
        SampleBatch batch = CudaModels.samples(spec, 13, 3);
        int row = spec.inputs();
        int step = spec.ids()[0] > 0 ? 1 : spec.inputShape().channels(); // values
        Arrays.fill(batch.features(), Math.min(3 * step, row), row, 0);
        if (row >= 3 * step) Arrays.fill(batch.features(), row + 2 * step, row + 3 * step, 0);
        Arrays.fill(batch.features(), 2 * row, 3 * row, -0f);
        return batch;
    }

    @ParameterizedTest
    @MethodSource("overSteps")
    void absentStepsAreThoseOfTheCpu(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        SampleBatch batch = withAbsentSteps(spec);
        try (GradientEngine cpu = new Nd4jEngine(spec);
                CudaEngine engine = engine(spec, Precision.FLOAT32)) {
            GradientSum expected = on(cpu, spec, batch, 16);
            for (int i = 0; i < 3; i++) assertClose(spec, on(engine, spec, batch, 16), expected);
            for (int i = 0; i < 2; i++) assertClose(spec, on(engine, spec, batch, 4), expected);
        }
    }

    /** Scores of 4 samples at a time, and then gradients of 7 samples' own kernels. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{inputs: [1024, 1], layers: [{self_attention: {num_heads: 2, key_dim: 1, mask_zero: true}}, flatten: {},"
                        + " dense: {units: 1}], loss: mean_squared_error}",
                "{inputs: [2, 1500], layers: [{self_attention: {key_dim: 520}}, flatten: {}, dense: {units: 1}], loss:"
                        + " mean_squared_error}"
            })
    void whatGoesThroughInPiecesAddsUp(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        SampleBatch batch = CudaModels.samples(spec, 8, 3);
        Arrays.fill(batch.features(), spec.inputs() * 6, spec.inputs() * 6 + spec.inputs() / 2, 0);
        try (GradientEngine cpu = new Nd4jEngine(spec);
                CudaEngine engine = engine(spec, Precision.FLOAT32)) {
            GradientSum actual = on(engine, spec, batch, 8);

            assertClose(spec, actual, on(cpu, spec, batch, 8));
            double squares = squaresOfEachGradient(cpu, spec, batch); // the CPU's own sum of so many is a float
            assertThat(actual.squaredNormSum / squares).isBetween(1 - 2 * ROUNDING, 1 + 2 * ROUNDING);
        }
    }

    private static double squaresOfEachGradient(GradientEngine engine, ModelSpec spec, SampleBatch batch) {
        double squares = 0;
        for (int r = 0; r < batch.rows(); r++) {
            SampleBatch one = new SampleBatch(spec.inputs(), spec.labelWidth(), 1);
            one.append(
                    Arrays.copyOfRange(batch.features(), r * spec.inputs(), (r + 1) * spec.inputs()),
                    Arrays.copyOfRange(batch.labels(), r * spec.labelWidth(), (r + 1) * spec.labelWidth()),
                    batch.weights()[r]);
            for (float g : on(engine, spec, one, 1).gradient) squares += (double) g * g;
        }
        return squares;
    }
}
