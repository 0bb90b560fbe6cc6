package dev.millrace.model.optimizer;

/**
 * Adam as Keras has it: {@code m' = b1 m + (1 - b1) g; v' = b2 v + (1 - b2) g^2; theta' = theta - alpha_t m' / (sqrt(v') +
 * eps)} with {@code alpha_t = alpha sqrt(1 - b2^t) / (1 - b1^t)}. With decoupled weight decay it is AdamW: {@code theta' -=
 * alpha lambda theta}. Two slots: m, v. Sources: Kingma and Ba 2015; Loshchilov and Hutter 2019.
 *
 * @param beta1 b1, in [0, 1)
 * @param beta2 b2, in [0, 1)
 * @param epsilon eps, > 0
 * @param weightDecay lambda, >= 0; 0 is plain Adam
 */
public record Adam(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {
    public Adam {
        if (!(beta1 >= 0 && beta1 < 1)) {
            throw new IllegalArgumentException("optimizer.beta_1 must be in [0, 1). Received: " + beta1);
        }
        if (!(beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException("optimizer.beta_2 must be in [0, 1). Received: " + beta2);
        }
        if (!(epsilon > 0)) throw new IllegalArgumentException("optimizer.epsilon must be > 0. Received: " + epsilon);
        if (!(weightDecay >= 0)) {
            throw new IllegalArgumentException("optimizer.weight_decay must be >= 0. Received: " + weightDecay);
        }
    }

    @Override
    public String kind() {
        return "adam";
    }

    @Override
    public boolean normalizes() {
        return true;
    }

    @Override
    public OptimizerState init(int parameters) {
        return new OptimizerState(new float[2][parameters]);
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
        double correction = Math.sqrt(1 - Math.pow(beta2, (double) step)) / (1 - Math.pow(beta1, (double) step));
        float alpha = (float) (learningRate * correction);
        float decay = (float) (learningRate * weightDecay); // not 1 minus it: a float near 1 would round it away
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float c1 = (float) (1 - beta1);
        float c2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        float[] m = state.slots()[0];
        float[] v = state.slots()[1];
        float[] nextM = nextState.slots()[0];
        float[] nextV = nextState.slots()[1];
        // One loop for each result: a loop that writes several arrays is not vectorized, and five times as slow.
        for (int i = 0; i < parameters.length; i++) nextM[i] = b1 * m[i] + c1 * gradient[i];
        for (int i = 0; i < parameters.length; i++) nextV[i] = b2 * v[i] + c2 * gradient[i] * gradient[i];
        for (int i = 0; i < parameters.length; i++) {
            nextParameters[i] =
                    parameters[i] - (decay * parameters[i] + alpha * nextM[i] / ((float) Math.sqrt(nextV[i]) + eps));
        }
    }
}
