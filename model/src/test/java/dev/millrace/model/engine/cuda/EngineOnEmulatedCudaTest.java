package dev.millrace.model.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.Nd4jEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.BranchesSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.SizeTPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@OnEmulatedCuda
class EngineOnEmulatedCudaTest {
    private static final long MEMORY = 512L << 20; // as the emulation begins
    private static final ModelSpec DIGITS = ModelSpec.fromYaml(CudaModels.DIGITS);
    private static final ModelSpec CLICKS = ModelSpec.fromYaml(CudaModels.CLICKS);

    @AfterEach
    void asItBegan() {
        EmulatedCuda.memory(MEMORY);
        EmulatedCuda.seed(0);
        EmulatedCuda.othersFirst(false);
    }

    private static CudaEngine engine(ModelSpec spec) {
        return engine(spec, Precision.FLOAT32);
    }

    private static CudaEngine engine(ModelSpec spec, Precision precision) {
        return new CudaEngine(spec, new CudaSettings(0, precision, true, 0));
    }

    private static GradientSum on(GradientEngine engine, ModelSpec spec, SampleBatch batch, int microBatch) {
        return CudaModels.gradient(engine, spec, CudaModels.parameters(spec, 5), batch, microBatch);
    }

    private static long free() {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            assertThat(cudart.cudaMemGetInfo(free, total)).isZero();
            return free.get();
        }
    }

    @Test
    void thisProcessSeesDevices() {
        assertThat(Cuda.missing()).isNull();
        assertThat(Cuda.devices()).isEqualTo(2);
        try (CudaEngine engine = engine(DIGITS)) {
            assertThat(engine.name()).isEqualTo("cuda");
            assertThat(engine.deviceName()).isNotBlank();
            assertThat(engine.deviceBytes()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameCallsGiveTheSameBits(Precision precision) {
        SampleBatch batch = CudaModels.samples(DIGITS, 100, 3);
        try (CudaEngine one = engine(DIGITS, precision);
                CudaEngine other = engine(DIGITS, precision)) {
            GradientSum expected = on(one, DIGITS, batch, 40);
            EmulatedCuda.seed(99); // blocks and threads run in another order
            EmulatedCuda.othersFirst(true);

            assertThat(on(other, DIGITS, batch, 40).gradient).isEqualTo(expected.gradient);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CudaModels.DIGITS, CudaModels.IMAGES, CudaModels.CLICKS})
    void rowsWithoutWeightAreNotFelt(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        SampleBatch batch = CudaModels.samples(spec, 30, 3);
        SampleBatch with = CudaModels.samples(spec, 30, 3);
        SampleBatch more = CudaModels.samples(spec, 3, 4);
        int[] ids = spec.ids();
        for (int i = 0; i < more.rows() * spec.inputs(); i++) {
            if (ids[i % ids.length] == 0) more.features()[i] = 3e38f; // it overflows
        }
        Arrays.fill(more.weights(), 0);
        with.append(more);
        try (GradientEngine cpu = new Nd4jEngine(spec);
                CudaEngine engine = engine(spec)) {
            GradientSum expected = on(cpu, spec, batch, 64);

            for (int i = 0; i < 2; i++) { // pieces, then a graph
                GradientSum actual = on(engine, spec, with, 64);
                assertThat(CudaModels.distance(
                                CudaModels.flat(spec, actual),
                                CudaModels.flat(spec, expected),
                                spec.layout().size()))
                        .isLessThan(1e-5);
                assertThat(actual.weight).isEqualTo(expected.weight);
            }
        }
    }

    @Test
    void dropoutDrawsTheMasksOfTheCpu() {
        ModelSpec spec = ModelSpec.fromYaml("""
                inputs: 20
                layers: [{dense: {units: 16}}, {dropout: {rate: 0.5, seed: 3}}, {dense: {units: 2}}]
                loss: mean_squared_error
                """);
        SampleBatch batch = CudaModels.samples(spec, 20, 3);
        try (GradientEngine cpu = new Nd4jEngine(spec);
                CudaEngine engine = engine(spec)) {
            float[] before = {};
            for (int i = 0; i < 4; i++) {
                GradientSum expected = on(cpu, spec, batch, 20);
                GradientSum actual = on(engine, spec, batch, 7);

                int size = expected.gradient.length;
                assertThat(CudaModels.distance(actual.gradient, expected.gradient, size))
                        .isLessThan(1e-5);
                assertThat(actual.gradient).isNotEqualTo(before);
                before = actual.gradient.clone();
            }
        }
    }

    @Test
    void parametersArriveInBlocksAndRows() {
        SampleBatch batch = CudaModels.samples(CLICKS, 30, 3);
        float[] parameters = CudaModels.parameters(CLICKS, 5);
        int table = CLICKS.layout().denseSize();
        try (CudaEngine whole = engine(CLICKS);
                CudaEngine parts = engine(CLICKS)) {
            float[] zeros = new float[parameters.length];
            parts.upload(0, zeros, zeros.length);
            for (int from = 0; from < table; from += 2) {
                int length = Math.min(2, table - from);
                parts.upload(from, Arrays.copyOfRange(parameters, from, from + length), length);
            }
            int[] ids = new int[40];
            for (int i = 0; i < ids.length; i++) ids[i] = i;
            parts.uploadRows(0, ids, Arrays.copyOfRange(parameters, table, table + 40), 40);
            GradientSum sum = CudaModels.sum(CLICKS, true);

            parts.lossAndGradient(batch, 16, sum);

            GradientSum expected = CudaModels.gradient(whole, CLICKS, parameters, batch, 16);
            assertThat(CudaModels.flat(CLICKS, sum)).isEqualTo(CudaModels.flat(CLICKS, expected));
        }
    }

    @Test
    void emptyMiniBatchGivesZeros() {
        try (CudaEngine engine = engine(CLICKS)) {
            GradientSum some = on(engine, CLICKS, CudaModels.samples(CLICKS, 9, 3), 8);
            assertThat(some.rows[0].count()).isPositive();

            GradientSum none = on(engine, CLICKS, new SampleBatch(9, 1, 1), 8);

            assertThat(CudaModels.flat(CLICKS, none)).containsOnly(0);
            assertThat(none.weight).isZero();
        }
    }

    @Test
    void sizesOfAllKindsComeOneAfterTheOther() {
        try (GradientEngine cpu = new Nd4jEngine(CLICKS);
                CudaEngine engine = engine(CLICKS)) {
            for (int rows : new int[] {1, 64, 3, 65, 200, 64, 7, 129, 1}) {
                SampleBatch batch = CudaModels.samples(CLICKS, rows, rows);
                float[] expected = CudaModels.flat(CLICKS, on(cpu, CLICKS, batch, 1000));

                float[] actual = CudaModels.flat(CLICKS, on(engine, CLICKS, batch, 100));

                assertThat(CudaModels.distance(actual, expected, expected.length))
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void withoutMemoryTheMicroBatchIsHalvedAndTheResultIsTheSame() {
        ModelSpec spec = ModelSpec.fromYaml(CudaModels.IMAGES);
        SampleBatch batch = CudaModels.samples(spec, 512, 3);
        try (GradientEngine cpu = new Nd4jEngine(spec);
                CudaEngine engine = engine(spec)) {
            float[] expected = CudaModels.flat(spec, on(cpu, spec, batch, 512));
            EmulatedCuda.memory(engine.deviceBytes() + (3L << 20));

            float[] actual = CudaModels.flat(spec, on(engine, spec, batch, 512));

            assertThat(CudaModels.distance(actual, expected, expected.length)).isLessThan(1e-5);
            assertThat(engine.halvings()).isPositive();
            assertThat(engine.microBatchLimit()).isBetween(1, 256);
        }
    }

    @Test
    void theBudgetIsALimitToo() {
        ModelSpec spec = ModelSpec.fromYaml(CudaModels.IMAGES);
        long budget = 44L << 20; // 40 MiB are taken by cuBLASLt's workspace and what parameters come by
        SampleBatch batch = CudaModels.samples(spec, 2048, 3);
        try (CudaEngine engine = new CudaEngine(spec, new CudaSettings(0, Precision.FLOAT32, true, budget))) {
            on(engine, spec, batch, 2048);

            assertThat(engine.halvings()).isPositive();
            assertThat(engine.deviceBytes()).isLessThanOrEqualTo(budget);
        }
    }

    @Test
    void whatDoesNotFitAtAllIsSaidAndGivenBack() {
        EmulatedCuda.memory(8L << 20);
        long before = free();

        assertThatThrownBy(() -> engine(DIGITS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("out of memory");

        assertThat(free()).isEqualTo(before);
    }

    @Test
    void nothingIsLeftBehind() {
        try (CudaEngine warm = engine(CLICKS)) { // the libraries keep some memory of the first use
            on(warm, CLICKS, CudaModels.samples(CLICKS, 50, 3), 20);
        }
        long before = free();

        for (int i = 0; i < 5; i++) {
            try (CudaEngine engine = engine(CLICKS)) {
                on(engine, CLICKS, CudaModels.samples(CLICKS, 50 + i, 3), 20);
            }
        }

        assertThat(free()).isEqualTo(before);
    }

    @Test
    void memoryIsFlatOverTenThousandSteps() {
        ModelSpec spec = ModelSpec.fromYaml("""
                inputs: 2
                layers: [{dense: {units: 3, activation: relu}}, {dense: {units: 1}}]
                loss: mean_squared_error
                """);
        SampleBatch batch = CudaModels.samples(spec, 4, 3);
        try (CudaEngine engine = engine(spec)) {
            GradientSum sum = on(engine, spec, batch, 4);
            long before = free();
            float[] one = new float[1];
            for (int i = 0; i < 10_000; i++) {
                engine.upload(i % spec.layout().size(), one, 1);
                engine.lossAndGradient(batch, 4, sum);
            }

            assertThat(free()).isEqualTo(before);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        SampleBatch batch = CudaModels.samples(CLICKS, 8, 3);
        try (CudaEngine engine = engine(CLICKS)) {
            GradientSum sum = on(engine, CLICKS, batch, 8);
            batch.features()[2 * 9 + 5] = 40;
            assertThatThrownBy(() -> engine.lossAndGradient(batch, 8, sum))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("id must be in 0..39. Received: 40");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.lossAndGradient(new SampleBatch(8, 1, 1), 8, sum))
                    .withMessage("the model takes 9 features and 1 labels. Received: 8 and 1");
            assertThatIllegalArgumentException().isThrownBy(() -> engine.upload(1, new float[2], 3));
            batch.features()[2 * 9 + 5] = 39;
            engine.lossAndGradient(batch, 8, sum); // and goes on
        }
        SampleBatch digits = CudaModels.samples(DIGITS, 8, 3);
        digits.labels()[3] = 10;
        try (CudaEngine engine = engine(DIGITS)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> on(engine, DIGITS, digits, 8))
                    .withMessage("row 3: the label must be a class in 0..9. Received: 10.0");
        }
    }

    @Test
    void closedEngineSaysSo() {
        CudaEngine engine = engine(DIGITS);
        engine.close();
        engine.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> engine.upload(0, new float[1], 1))
                .withMessage("the engine is closed");
    }

    @Test
    void deviceThatIsNotThereIsNamed() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new CudaEngine(DIGITS, new CudaSettings(7, Precision.FLOAT32, true, 0)))
                .withMessageContaining("cudaSetDevice(7)");
    }

    /** A kind that is added to the specifications without kernels is found here, as long as it is in no model. */
    @Test
    void everyKindOfLayerHasKernelsAndAModel() {
        Set<Class<?>> kinds = new HashSet<>();
        CudaModels.all().map(ModelSpec::fromYaml).forEach(spec -> {
            assertThat(CudaEngine.unsupported(spec)).isEmpty();
            addKinds(spec.layers(), kinds);
        });

        assertThat(kinds).containsExactlyInAnyOrder(LayerSpec.class.getPermittedSubclasses());
    }

    private static void addKinds(List<LayerSpec> layers, Set<Class<?>> kinds) {
        for (LayerSpec layer : layers) {
            kinds.add(layer.getClass());
            if (layer instanceof BranchesSpec branches) {
                branches.branches().forEach(branch -> addKinds(branch.layers(), kinds));
            }
        }
    }
}
