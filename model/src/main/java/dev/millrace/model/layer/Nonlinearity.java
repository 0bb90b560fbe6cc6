package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.Slopes;
import dev.millrace.model.spec.Activation;

/** An activation over blocks of values. Slopes are taken from the outputs, so only those need to be kept. */
final class Nonlinearity {
    private final Activation activation;
    private final Slopes slopes = new Slopes();

    Nonlinearity(Activation activation) {
        this.activation = activation;
    }

    /** {@code a = f(a)}. */
    void apply(long a, long length) {
        switch (activation) {
            case RELU -> Memory.relu(a, length);
            case TANH -> Memory.tanh(a, length);
            case SIGMOID -> Memory.sigmoid(a, length);
            case LINEAR, SOFTMAX -> {}
        }
    }

    /** {@code d *= f'(z)}, for {@code a = f(z)}. */
    void applySlope(long d, long a, long length) {
        switch (activation) {
            case RELU -> slopes.relu(d, a, length);
            case TANH -> slopes.tanh(d, a, length);
            case SIGMOID -> slopes.sigmoid(d, a, length);
            case LINEAR, SOFTMAX -> {}
        }
    }
}
