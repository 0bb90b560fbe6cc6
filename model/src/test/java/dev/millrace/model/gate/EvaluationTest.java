package dev.millrace.model.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.spec.Loss;
import org.junit.jupiter.api.Test;

class EvaluationTest {

    private static boolean oneClass(Loss loss, int outputs, float... labels) {
        SampleBatch batch = new SampleBatch(1, 1, labels.length);
        for (float label : labels) batch.append(new float[1], new float[] {label}, 1);
        GradientSum sum = new GradientSum(1);
        sum.weight = labels.length;
        sum.predictions = new float[labels.length * outputs];
        for (int i = 0; i < sum.predictions.length; i++) sum.predictions[i] = i % outputs == 0 ? 0.9f : 0.1f;
        Outcomes outcomes = Outcomes.of(loss, outputs, batch, sum);
        return Evaluation.of(labels.length, outcomes, loss, outputs, true).oneClass();
    }

    @Test
    void aConstantScoresAsWellWhereAllSamplesAreOfOneClass() {
        assertThat(oneClass(Loss.CATEGORICAL_CROSSENTROPY, 3, 2, 2, 2)).isTrue();
        assertThat(oneClass(Loss.BINARY_CROSSENTROPY, 1, 1, 1)).isTrue();
        assertThat(oneClass(Loss.HINGE, 1, 0, 0)).isTrue();
    }

    @Test
    void twoClassesAreEnoughWhateverIsPredicted() {
        assertThat(oneClass(Loss.CATEGORICAL_CROSSENTROPY, 3, 2, 1, 2)).isFalse();
        assertThat(oneClass(Loss.BINARY_CROSSENTROPY, 1, 1, 0)).isFalse();
        assertThat(oneClass(Loss.HINGE, 1, 0, 1)).isFalse();
    }

    @Test
    void aRegressionHasNoClasses() {
        assertThat(oneClass(Loss.MEAN_SQUARED_ERROR, 1, 2, 2)).isFalse();
    }
}
