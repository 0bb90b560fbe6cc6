package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.millrace.model.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** What must hold of every kind of layer, in a model of three classes: against the same in float64, and against itself. */
final class LayerChecks {
    static final double STEP = 1e-5;

    private LayerChecks() {}

    /** Of gradient, loss and predictions; float32 keeps 6e-8 of each of some hundred terms for each row. */
    static void assertSlopeOfTheLoss(ModelSpec spec, SampleBatch batch) {
        ReferenceModel reference = new ReferenceModel(spec);
        float[] parameters = ImageModels.parameters(spec);
        double[] exact = widened(parameters);

        GradientSum sum = Networks.gradient(spec, parameters, batch, 64);

        int rows = batch.rows();
        assertThat(widened(sum.gradient)).containsExactly(reference.gradient(exact, batch, STEP), within(5e-6 * rows));
        assertThat(sum.lossSum).isCloseTo(reference.lossSum(exact, batch), within(2e-6 * rows));
        for (int row = 0; row < rows; row++) {
            double[] ours = widened(Arrays.copyOfRange(sum.predictions, 3 * row, 3 * row + 3));
            assertThat(ours).containsExactly(reference.predict(exact, batch, row), within(2e-6));
        }
    }

    /**
     * A row of weight zero counts for nothing here.
     *
     * @param rounding of the gradient, relative, where it is added up in another order
     */
    static void assertSquaredNormsOfTheSamplesOwnGradients(
            ModelSpec spec, SampleBatch batch, int microBatch, double rounding) {
        float[] parameters = ImageModels.parameters(spec);
        batch.weights()[batch.rows() / 2 + 1] = 0;
        double expected = 0;

        GradientSum sum = new GradientSum(parameters.length, true);
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            for (int i = 0; i < batch.rows(); i++) {
                SampleBatch row = new SampleBatch(spec.inputs(), 1, 1);
                row.append(
                        Arrays.copyOfRange(batch.features(), i * spec.inputs(), (i + 1) * spec.inputs()),
                        new float[] {batch.labels()[i]},
                        batch.weights()[i]);
                for (float g : Models.gradient(engine, parameters, row, 1).gradient) expected += g * (double) g;
            }
            engine.lossAndGradient(batch, microBatch, sum);
        }

        assertThat(sum.squaredNormSum / expected).isCloseTo(1, within(1e-5)); // float32 sums of some hundred terms
        assertThat(Models.relativeError(sum.gradient, Networks.gradient(spec, parameters, batch, 4).gradient))
                .isLessThan(rounding);
    }

    /** @param rounding as above */
    static void assertWeightZeroHasNoEffectEvenIfSomethingOverflows(
            ModelSpec spec, SampleBatch batch, double rounding) {
        float[] parameters = ImageModels.parameters(spec);
        GradientSum without = Networks.gradient(spec, parameters, batch, 8);
        float[] huge = new float[spec.inputs()];
        Arrays.fill(huge, 3e38f);
        batch.append(huge, new float[] {2}, 0);

        GradientSum with = new GradientSum(parameters.length, true);
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            engine.lossAndGradient(batch, 8, with);
        }

        assertThat(Models.relativeError(with.gradient, without.gradient)).isLessThan(rounding);
        // A product of more rows may add in another order.
        assertThat(with.lossSum).isCloseTo(without.lossSum, within(1e-6));
        assertThat(with.squaredNormSum).isFinite();
    }

    static void assertPredictsWhatTrainingSaw(ModelSpec spec, SampleBatch batch) {
        float[] parameters = ImageModels.parameters(spec);
        float[] predictions = new float[3 * batch.rows()];

        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            GradientSum sum = Models.gradient(engine, parameters, batch, 64);
            engine.predict(batch, 64, predictions);

            assertThat(predictions).isEqualTo(Arrays.copyOf(sum.predictions, predictions.length));
        }
    }

    /** Once warm; what is left is of the JVM, not of the samples. */
    static void assertStepAllocatesNextToNothing(ModelSpec spec, int rows, int steps) {
        SampleBatch batch = Networks.samples(spec, rows, 1);
        GradientSum sum = new GradientSum(spec.layout().size(), true);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long allocated;
        try (GradientEngine engine = Networks.engine(spec, spec.initialParameters(1))) {
            for (int i = 0; i < steps; i++) engine.lossAndGradient(batch, 64, sum);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < steps; i++) engine.lossAndGradient(batch, 64, sum);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(allocated / steps).isLessThanOrEqualTo(512);
    }

    static double[] widened(float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) widened[i] = values[i];
        return widened;
    }
}
