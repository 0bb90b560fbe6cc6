package dev.millrace.model.optimizer;

import java.util.Arrays;

/**
 * Adagrad as Keras has it: {@code n' = n + g^2; theta' = theta - alpha g / sqrt(n' + eps)}, n from {@code
 * initialAccumulator} on. What is rarely touched keeps a high rate, as suits sparse features. One slot: n. Source:
 * Duchi, Hazan and Singer 2011.
 *
 * @param initialAccumulator n before the first step, >= 0
 * @param epsilon eps, > 0
 */
public record Adagrad(double initialAccumulator, double epsilon) implements Optimizer {
    public Adagrad {
        if (!(initialAccumulator >= 0 && initialAccumulator < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "optimizer.initial_accumulator_value must be >= 0. Received: " + initialAccumulator);
        }
        if (!(epsilon > 0)) throw new IllegalArgumentException("optimizer.epsilon must be > 0. Received: " + epsilon);
    }

    @Override
    public String kind() {
        return "adagrad";
    }

    @Override
    public boolean normalizes() {
        return true;
    }

    @Override
    public OptimizerState init(int parameters) {
        OptimizerState state = new OptimizerState(new float[1][parameters]);
        Arrays.fill(state.slots()[0], (float) initialAccumulator);
        return state;
    }

    @Override
    public void update(
            long step,
            double learningRate,
            float[] gradient,
            OptimizerState state,
            float[] parameters,
            OptimizerState nextState,
            float[] nextParameters) {
        RootScaled.update(1, 1, learningRate, epsilon, gradient, state, parameters, nextState, nextParameters);
    }
}
