package dev.millrace.model.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LossLabelsTest {

    @ParameterizedTest
    @CsvSource({
        "CATEGORICAL_CROSSENTROPY, 0", "CATEGORICAL_CROSSENTROPY, 2", "BINARY_CROSSENTROPY, 0",
                "BINARY_CROSSENTROPY, 1",
        "MEAN_SQUARED_ERROR, -7.5", "HINGE, -1", "HINGE, 0", "HINGE, 1"
    })
    void acceptsLabelsOfItsKind(Loss loss, float label) {
        assertThat(loss.labelError(new float[] {label, 0, 0}, 3)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "CATEGORICAL_CROSSENTROPY, 3, the label must be a class in 0..2. Received: 3.0",
        "CATEGORICAL_CROSSENTROPY, -1, the label must be a class in 0..2. Received: -1.0",
        "CATEGORICAL_CROSSENTROPY, 0.5, the label must be a class in 0..2. Received: 0.5",
        "BINARY_CROSSENTROPY, -1, label 0 must be 0 or 1. Received: -1.0",
        "HINGE, 2, 'label 0 must be 0, 1 or -1. Received: 2.0'",
        "MEAN_SQUARED_ERROR, Infinity, label 0 must be finite. Received: Infinity"
    })
    void saysWhatItExpectedAndReceived(Loss loss, float label, String message) {
        assertThat(loss.labelError(new float[] {label, 0, 0}, 3)).isEqualTo(message);
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void refusesNaN(Loss loss) {
        assertThat(loss.labelError(new float[] {Float.NaN, 0, 0}, 3)).endsWith("Received: NaN");
    }
}
