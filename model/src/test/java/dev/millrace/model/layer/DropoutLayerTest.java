package dev.millrace.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutLayerTest {
    private static final int UNITS = 500;
    private static final int ROWS = 400;

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.25, 0.5, 0.9})
    void expectationStaysAndTheGradientGoesTheSameWay(double rate) {
        float[] outputs = new float[UNITS * ROWS];
        float[] gradients = new float[UNITS * ROWS];
        try (OffHeap input = new OffHeap(UNITS * ROWS);
                OffHeap gradient = new OffHeap(UNITS * ROWS);
                DropoutLayer layer = new DropoutLayer(UNITS, rate, 7, ROWS)) {
            input.array().assign(2);
            layer.forward(input.pointer(0), ROWS, true);
            Memory.copyOut(layer.outputAddress, outputs, 0, outputs.length);
            float[] ones = new float[UNITS * ROWS];
            Arrays.fill(ones, 2);
            Memory.copyIn(ones, 0, layer.gradientAddress, ones.length);
            layer.backward(input.pointer(0), gradient.pointer(0), ROWS, true, false);
            Memory.copyOut(gradient.address(0), gradients, 0, gradients.length);
        }

        double sum = 0;
        for (float output : outputs) {
            if (output != 0) assertThat(output).isCloseTo((float) (2 / (1 - rate)), within(1e-5f));
            sum += output;
        }
        // Of a value 2 m the variance is 4 rate / (1 - rate); four standard errors.
        double error = Math.sqrt(4 * rate / (1 - rate) / outputs.length);
        assertThat(sum / outputs.length).isCloseTo(2, within(4 * error));
        assertThat(gradients).isEqualTo(outputs);
    }
}
