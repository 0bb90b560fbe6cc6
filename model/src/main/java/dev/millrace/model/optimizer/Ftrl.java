package dev.millrace.model.optimizer;

import java.util.Arrays;

/**
 * FTRL-proximal with a rate of its own for each parameter:
 *
 * <pre>
 * n' = n + g^2
 * z' = z + g - (sqrt(n') - sqrt(n)) / alpha * theta
 * theta' = 0                                                        where |z'| <= l1
 *        = -(z' - sign(z') l1) / ((beta + sqrt(n')) / alpha + l2)   elsewhere
 * </pre>
 *
 * The parameters follow from z and n alone, and l1 makes them exactly zero: for linear models that begin at zero. What a
 * layer is initialized with is forgotten at the first step. Two slots: n, z. Source: McMahan et al. 2013, "Ad Click Prediction:
 * a View from the Trenches", algorithm 1; Keras doubles l2.
 *
 * @param initialAccumulator n before the first step, >= 0
 * @param beta >= 0
 * @param l1 >= 0
 * @param l2 >= 0
 */
public record Ftrl(double initialAccumulator, double beta, double l1, double l2) implements Optimizer {
    public Ftrl {
        check("initial_accumulator_value", initialAccumulator);
        check("beta", beta);
        check("l1", l1);
        check("l2", l2);
        if (initialAccumulator == 0 && beta == 0) {
            throw new IllegalArgumentException(
                    "optimizer.beta must be > 0 where initial_accumulator_value is 0." + " Received: " + beta);
        }
    }

    private static void check(String name, double value) {
        if (value >= 0 && value < Double.POSITIVE_INFINITY) return;
        throw new IllegalArgumentException("optimizer." + name + " must be >= 0. Received: " + value);
    }

    @Override
    public String kind() {
        return "ftrl";
    }

    @Override
    public boolean normalizes() {
        return true;
    }

    @Override
    public OptimizerState init(int parameters) {
        OptimizerState state = new OptimizerState(new float[2][parameters]);
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
        float perRate = (float) (1 / learningRate);
        float b = (float) beta;
        float lasso = (float) l1;
        float ridge = (float) l2;
        float[] n = state.slots()[0];
        float[] z = state.slots()[1];
        float[] nextN = nextState.slots()[0];
        float[] nextZ = nextState.slots()[1];
        for (int i = 0; i < parameters.length; i++) nextN[i] = n[i] + gradient[i] * gradient[i];
        for (int i = 0; i < parameters.length; i++) {
            float sigma = ((float) Math.sqrt(nextN[i]) - (float) Math.sqrt(n[i])) * perRate;
            nextZ[i] = z[i] + gradient[i] - sigma * parameters[i];
        }
        for (int i = 0; i < parameters.length; i++) {
            float pull = Math.max(Math.abs(nextZ[i]) - lasso, 0);
            float size = pull / ((b + (float) Math.sqrt(nextN[i])) * perRate + ridge);
            nextParameters[i] = nextZ[i] > 0 ? -size : size;
        }
    }
}
