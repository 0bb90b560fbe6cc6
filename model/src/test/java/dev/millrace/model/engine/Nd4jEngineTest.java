package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.millrace.model.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Nd4jEngineTest {
    private static final ModelSpec CLASSES = Models.of(4, "tanh", 3, "softmax", "categorical_crossentropy");

    /** One softmax layer on one input; its logits are the biases. */
    private static ModelSpec biases(int outputs, String activation, String loss) {
        return ModelSpec.fromYaml("""
                name: biases
                inputs: 1
                layers: [dense: {units: %d, activation: %s}]
                loss: %s
                """.formatted(outputs, activation, loss));
    }

    private static GradientSum atLogits(ModelSpec spec, float label, float... logits) {
        float[] parameters = new float[2 * logits.length];
        System.arraycopy(logits, 0, parameters, logits.length, logits.length);
        SampleBatch batch = new SampleBatch(1, 1, 1);
        batch.append(new float[] {0}, new float[] {label}, 1);
        try (Nd4jEngine engine = new Nd4jEngine(spec)) {
            return Models.gradient(engine, parameters, batch, 1);
        }
    }

    @Test
    void categoricalCrossentropyIsTheOneWorkedOutByHand() {
        ModelSpec spec = biases(3, "softmax", "categorical_crossentropy");

        GradientSum sum = atLogits(spec, 0, 1.2f, -0.8f, -0.5f);

        double p = 1 / (1 + Math.exp(-2.0) + Math.exp(-1.7)); // 0.758715
        assertThat(sum.lossSum).isCloseTo(-Math.log(p), within(1e-6)); // 0.276130
        assertThat(sum.predictions[0]).isCloseTo((float) p, within(1e-6f));
        assertThat(sum.gradient[3]).isCloseTo((float) (p - 1), within(1e-6f));
    }

    @Test
    void binaryCrossentropyIsTheOneWorkedOutByHand() {
        ModelSpec spec = biases(1, "sigmoid", "binary_crossentropy");

        double whenWrong = atLogits(spec, 0, 2).lossSum;
        double whenRight = atLogits(spec, 1, 2).lossSum;

        assertThat(whenWrong).isCloseTo(2.126928, within(1e-6)); // log(1 + e^2)
        assertThat(whenRight).isCloseTo(0.126928, within(1e-6)); // log(1 + e^-2)
    }

    @Test
    void squaredErrorAndHingeAreThoseWorkedOutByHand() {
        double squared = atLogits(biases(1, "linear", "mean_squared_error"), 0.5f, 2).lossSum;
        double hinge = atLogits(biases(1, "linear", "hinge"), 0, 0.25f).lossSum;

        assertThat(squared).isEqualTo(2.25);
        assertThat(hinge).isEqualTo(1.25); // label 0 counts as -1: 1 - (-1)(0.25)
    }

    @ParameterizedTest
    @ValueSource(floats = {1e4f, -1e4f, 80f, -80f})
    void extremeLogitsGiveFiniteLossAndGradient(float logit) {
        GradientSum classes = atLogits(biases(2, "softmax", "categorical_crossentropy"), 0, logit, -logit);
        GradientSum binary = atLogits(biases(1, "sigmoid", "binary_crossentropy"), 0, logit);

        assertThat(classes.lossSum).isFinite();
        assertThat(classes.gradient).doesNotContain(Float.NaN);
        assertThat(binary.lossSum).isCloseTo(Math.max(logit, 0), within(1e-3));
    }

    @Test
    void weightTwoIsTheSampleTwice() {
        SampleBatch once = Models.batch(CLASSES, 10, 1);
        SampleBatch twice = new SampleBatch(4, 1, 20);
        twice.append(once);
        twice.append(once);
        for (int i = 0; i < 10; i++) once.weights()[i] *= 2;
        float[] parameters = CLASSES.initialParameters(1);

        try (Nd4jEngine engine = new Nd4jEngine(CLASSES)) {
            GradientSum weighted = Models.gradient(engine, parameters, once, 64);
            GradientSum repeated = Models.gradient(engine, parameters, twice, 64);

            assertThat(Models.relativeError(weighted.gradient, repeated.gradient))
                    .isLessThan(1e-6);
            assertThat(weighted.lossSum).isCloseTo(repeated.lossSum, within(1e-5));
            assertThat(weighted.weight).isEqualTo(repeated.weight);
        }
    }

    @Test
    void weightZeroHasNoEffect() {
        SampleBatch batch = Models.batch(CLASSES, 10, 1);
        float[] parameters = CLASSES.initialParameters(1);

        try (Nd4jEngine engine = new Nd4jEngine(CLASSES)) {
            GradientSum without = Models.gradient(engine, parameters, batch, 64);
            batch.append(new float[] {3e38f, 3e38f, 3e38f, 3e38f}, new float[] {2}, 0); // its sums overflow
            GradientSum with = Models.gradient(engine, parameters, batch, 64);

            assertThat(Models.relativeError(with.gradient, without.gradient)).isLessThan(1e-6);
            assertThat(with.lossSum).isEqualTo(without.lossSum);
            assertThat(with.weight).isEqualTo(without.weight);
            assertThat(with.samples).isEqualTo(11);
        }
    }

    /** 31, 1 and 8 rows at once against 40; float32 sums in another order differ by some 1e-7. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 31, 39})
    void sumsDoNotDependOnTheMicroBatch(int microBatch) {
        SampleBatch batch = Models.batch(CLASSES, 40, 1);
        float[] parameters = CLASSES.initialParameters(1);

        try (Nd4jEngine engine = new Nd4jEngine(CLASSES)) {
            GradientSum parts = Models.gradient(engine, parameters, batch, microBatch);
            GradientSum whole = Models.gradient(engine, parameters, batch, 40);

            assertThat(Models.relativeError(parts.gradient, whole.gradient)).isLessThan(1e-6);
            assertThat(parts.lossSum).isCloseTo(whole.lossSum, within(1e-5));
        }
    }

    @Test
    void sameCallGivesTheSameBits() {
        SampleBatch batch = Models.batch(CLASSES, 100, 1);
        float[] parameters = CLASSES.initialParameters(1);

        try (Nd4jEngine engine = new Nd4jEngine(CLASSES)) {
            float[] first = Models.gradient(engine, parameters, batch, 64).gradient;
            float[] second = Models.gradient(engine, parameters, batch, 64).gradient;

            assertThat(second).isEqualTo(first);
        }
    }

    @Test
    void predictsWhatTrainingSaw() {
        SampleBatch batch = Models.batch(CLASSES, 100, 1);
        float[] parameters = CLASSES.initialParameters(1);
        float[] predictions = new float[300];

        try (Nd4jEngine engine = new Nd4jEngine(CLASSES)) {
            GradientSum sum = Models.gradient(engine, parameters, batch, 64);
            engine.predict(batch, 64, predictions);

            assertThat(predictions).isEqualTo(Arrays.copyOf(sum.predictions, 300));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 32, 300})
    void stepAllocatesNextToNothing(int rows) {
        SampleBatch batch = Models.batch(CLASSES, rows, 1);
        GradientSum sum = new GradientSum(CLASSES.layout().size());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        int steps = 1000;

        long allocated;
        try (Nd4jEngine engine = new Nd4jEngine(CLASSES)) {
            for (int i = 0; i < steps; i++) engine.lossAndGradient(batch, 64, sum);
            long before = threads.getThreadAllocatedBytes(self);
            for (int i = 0; i < steps; i++) engine.lossAndGradient(batch, 64, sum);
            allocated = threads.getThreadAllocatedBytes(self) - before;
        }

        assertThat(allocated / steps).isLessThanOrEqualTo(512);
    }

    @Test
    void closedEnginesLeaveNoMemoryBehind() {
        ModelSpec wide = Models.of(1000, "relu", 3, "softmax", "categorical_crossentropy");
        new Nd4jEngine(wide).close();
        long before = Pointer.totalBytes();

        for (int i = 0; i < 1000; i++) new Nd4jEngine(wide).close();

        // One engine holds some 250 kB, a thousand of them 250 MB.
        assertThat(Pointer.totalBytes() - before).isLessThan(5_000_000);
    }
}
