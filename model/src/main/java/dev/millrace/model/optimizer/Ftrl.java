package dev.millrace.model.optimizer;

import java.util.Arrays;

/**
 * FTRL-proximal with a rate of its own for each parameter:
 *
 * <pre>
 * n' = n + g^2
 * d' = (beta + sqrt(n')) / alpha + l2
 * z' = g + z - (sqrt(n') - sqrt(n)) / alpha * theta   where |z| <= l1
 *    = g + sign(z) l1 - d' theta                      elsewhere
 * theta' = 0                                          where |z'| <= l1
 *        = -(z' - sign(z') l1) / d'                   elsewhere
 * </pre>
 *
 * The paper's z' is the first line everywhere. At a constant rate both are the same, since then {@code z = sign(z) l1 - d theta};
 * but that z holds the weight in units of the rate, and under another rate it would be another weight: twice the rate, nearly
 * twice the model. The second line takes the weight as it is. A rate of 0 changes nothing.
 *
 * <p>l1 makes parameters exactly zero: for linear models that begin at zero. What a layer is initialized with is forgotten at
 * the first step. Two slots: n, z. Source: McMahan et al. 2013, "Ad Click Prediction: a View from the Trenches", algorithm 1;
 * Keras doubles l2.
 *
 * @param initialAccumulator n before the first step, >= 0
 * @param beta >= 0
 * @param l1 >= 0
 * @param l2 >= 0
 */
public record Ftrl(double initialAccumulator, double beta, double l1, double l2) implements Optimizer {
    /** Below it a step moves no weight that float32 tells apart, and the weight over the rate could overflow. */
    private static final double LEAST_RATE = 1e-30;

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
        float[] n = state.slots()[0];
        float[] z = state.slots()[1];
        float[] nextN = nextState.slots()[0];
        float[] nextZ = nextState.slots()[1];
        if (learningRate < LEAST_RATE) {
            System.arraycopy(n, 0, nextN, 0, parameters.length);
            System.arraycopy(z, 0, nextZ, 0, parameters.length);
            System.arraycopy(parameters, 0, nextParameters, 0, parameters.length);
            return;
        }
        float perRate = (float) (1 / learningRate);
        float b = (float) beta;
        float lasso = (float) l1;
        float ridge = (float) l2;
        for (int i = 0; i < parameters.length; i++) nextN[i] = n[i] + gradient[i] * gradient[i];
        for (int i = 0; i < parameters.length; i++) {
            float root = (float) Math.sqrt(nextN[i]);
            float before = Math.abs(z[i]) <= lasso
                    ? z[i] - (root - (float) Math.sqrt(n[i])) * perRate * parameters[i]
                    : Math.copySign(lasso, z[i]) - ((b + root) * perRate + ridge) * parameters[i];
            nextZ[i] = gradient[i] + before;
        }
        for (int i = 0; i < parameters.length; i++) {
            float pull = Math.max(Math.abs(nextZ[i]) - lasso, 0);
            float size = pull / ((b + (float) Math.sqrt(nextN[i])) * perRate + ridge);
            nextParameters[i] = nextZ[i] > 0 ? -size : size;
        }
    }
}
