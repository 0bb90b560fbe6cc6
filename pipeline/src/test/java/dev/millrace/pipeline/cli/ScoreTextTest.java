package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.spec.Loss;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreTextTest {

    @Test
    void classesHaveTheirNamesAndTheTableItsWidth() {
        // The first two and the last are right: of LOST 2 of 3, and 2 of 2 predicted; of WON 1 of 1, and 1 of 2
        // predicted.
        Outcomes outcomes = outcomes(
                Loss.BINARY_CROSSENTROPY, 1, new float[] {0, 0, 0, 1}, new float[] {0.25f, 0.25f, 0.75f, 0.75f});

        assertThat(ScoreText.of(outcomes, List.of("LOST", "WON")))
                .containsExactly(
                        "loss               0.50000",
                        "accuracy           0.75000",
                        // pairs of a positive and a negative: 0.75 above 0.25 twice, and a tie
                        "auc                0.83333",
                        "macro precision    0.75000",
                        "macro recall       0.83333",
                        "macro F1           0.73333",
                        // two say 0.25 and none is, two say 0.75 and half is
                        "calibration error  0.25000 (claimed 0.50000 on average, 0.25000 came true; 15 bins)",
                        "Brier score        0.18750",
                        "",
                        "class  precision     recall         F1       support",
                        "LOST     1.00000    0.66667    0.80000             3",
                        "WON      0.50000    1.00000    0.66667             1");
    }

    @Test
    void severalLabelsAreRightTogetherOrEachForItself() {
        Outcomes outcomes = outcomes(
                Loss.BINARY_CROSSENTROPY, 2, new float[] {1, 0, 0, 1}, new float[] {0.75f, 0.25f, 0.75f, 0.75f});

        assertThat(ScoreText.of(outcomes, List.of()))
                .contains(
                        "subset accuracy    0.50000",
                        "Hamming loss       0.25000",
                        "label  precision     recall         F1       support",
                        "0        0.50000    1.00000    0.66667             1")
                .noneMatch(line -> line.startsWith("auc"));
    }

    @Test
    void aRegressionHasErrors() {
        Outcomes outcomes = outcomes(Loss.MEAN_SQUARED_ERROR, 1, new float[] {1, 2, 3, 6}, new float[] {1, 2, 3, 4});

        // one error of 2 in four; the labels' mean is 3 and their squared distances add up to 14
        assertThat(ScoreText.of(outcomes, List.of()))
                .containsExactly(
                        "loss               0.50000",
                        "RMSE               1.00000",
                        "MAE                0.50000",
                        "R2                 0.71429");
    }

    @Test
    void ofManyClassesTheLargestAreListedAndTheOthersCounted() {
        int classes = 120;
        float[] labels = new float[classes + 20];
        float[] predictions = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % classes; // the first twenty twice
            predictions[i * classes + i % classes] = 1;
        }

        List<String> lines =
                ScoreText.of(outcomes(Loss.CATEGORICAL_CROSSENTROPY, classes, labels, predictions), List.of("first"));

        assertThat(lines).last().isEqualTo("and 20 more, of less support");
        assertThat(lines).filteredOn(line -> line.startsWith("first ")).hasSize(1);
        assertThat(lines)
                .filteredOn(line -> line.endsWith(" 1.00000             2"))
                .hasSize(20);
    }

    /** Labels of one sample after the other; each weighs 1 and costs 0.5. */
    private static Outcomes outcomes(Loss loss, int outputs, float[] labels, float[] predictions) {
        int width = loss.labelWidth(outputs);
        int rows = labels.length / width;
        SampleBatch batch = new SampleBatch(1, width, rows);
        for (int i = 0; i < rows; i++) {
            float[] own = new float[width];
            System.arraycopy(labels, i * width, own, 0, width);
            batch.append(new float[1], own, 1);
        }
        GradientSum sum = new GradientSum(1);
        sum.weight = rows;
        sum.lossSum = 0.5 * rows;
        sum.predictions = predictions;
        return Outcomes.of(loss, outputs, batch, sum);
    }
}
