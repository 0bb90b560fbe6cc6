package dev.millrace.model.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.Nd4jEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the engine computes on a device, beside what the CPU computes of the same samples. */
@OnEmulatedCuda
class ParityOnEmulatedCudaTest {
    private static final int ROWS = 43; // no size of a graph

    @ParameterizedTest
    @MethodSource("dev.millrace.model.engine.cuda.CudaModels#all")
    void float32AgreesToRounding(String yaml) {
        compare(yaml, Precision.FLOAT32, ROWS, 1e-5); // sums of some thousand products in another order
    }

    @ParameterizedTest
    @MethodSource("dev.millrace.model.engine.cuda.CudaModels#all")
    void smallMicroBatchesAddUpToTheSame(String yaml) {
        compare(yaml, Precision.FLOAT32, 5, 1e-5);
    }

    @ParameterizedTest
    @MethodSource("dev.millrace.model.engine.cuda.CudaModels#all")
    void tf32AgreesToElevenBits(String yaml) {
        compare(yaml, Precision.TF32, ROWS, 5e-3);
    }

    @ParameterizedTest
    @MethodSource("dev.millrace.model.engine.cuda.CudaModels#all")
    void bfloat16AgreesToEightBits(String yaml) {
        compare(yaml, Precision.BFLOAT16, ROWS, 5e-2); // some largest of a pool is another one after rounding
    }

    private static void compare(String yaml, Precision precision, int microBatch, double bound) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        SampleBatch batch = CudaModels.samples(spec, ROWS, 3);
        float[] parameters = CudaModels.parameters(spec, 5);
        try (GradientEngine cpu = new Nd4jEngine(spec);
                GradientEngine device = new CudaEngine(spec, new CudaSettings(0, precision, true, 0))) {
            GradientSum expected = CudaModels.gradient(cpu, spec, parameters, batch, ROWS);
            GradientSum actual = CudaModels.sum(spec, true);
            device.upload(0, parameters, parameters.length);
            // Piece by piece, then recorded, then launched as a graph; dropout draws anew each time.
            int times = yaml.contains("dropout") ? 1 : 3;
            for (int i = 0; i < times; i++) {
                device.lossAndGradient(batch, microBatch, actual);
                compare(spec, actual, expected, bound);
            }
            compareAlone(spec, device, cpu, batch, microBatch, bound);
        }
    }

    private static void compare(ModelSpec spec, GradientSum actual, GradientSum expected, double bound) {
        int size = spec.layout().size();
        int predicted = ROWS * spec.outputs();
        assertThat(CudaModels.distance(CudaModels.flat(spec, actual), CudaModels.flat(spec, expected), size))
                .isLessThan(bound);
        assertThat(CudaModels.distance(actual.predictions, expected.predictions, predicted))
                .isLessThan(bound);
        assertThat(actual.lossSum).isCloseTo(expected.lossSum, within(bound * expected.lossSum));
        assertThat(actual.lossSquaredSum)
                .isCloseTo(expected.lossSquaredSum, within(2 * bound * expected.lossSquaredSum));
        assertThat(actual.squaredNormSum)
                .isCloseTo(expected.squaredNormSum, within(2 * bound * expected.squaredNormSum));
        assertThat(actual.weight).isEqualTo(expected.weight);
        assertThat(actual.samples).isEqualTo(expected.samples);
        assertThat(actual.pieceCount).isEqualTo(expected.pieceCount);
        for (int i = 0; i < actual.pieceCount; i++) {
            double loss = expected.pieceLosses[i];
            assertThat((double) actual.pieceLosses[i]).isCloseTo(loss, within(bound * loss));
        }
    }

    private static void compareAlone(
            ModelSpec spec,
            GradientEngine device,
            GradientEngine cpu,
            SampleBatch batch,
            int microBatch,
            double bound) {
        int predicted = ROWS * spec.outputs();
        float[] expected = new float[predicted];
        float[] actual = new float[predicted];
        cpu.predict(batch, ROWS, expected);
        device.predict(batch, microBatch, actual);
        assertThat(CudaModels.distance(actual, expected, predicted)).isLessThan(bound);
    }
}
