package dev.millrace.model.optimizer;

/**
 * Heavy-ball momentum as Keras has it: {@code v' = mu v - alpha g; theta' = theta + v'}; Nesterov's form looks ahead:
 * {@code theta' = theta + mu v' - alpha g}. One slot: v.
 *
 * @param momentum mu, in [0, 1)
 * @param nesterov whether to look ahead
 */
public record Momentum(double momentum, boolean nesterov) implements Optimizer {
    public Momentum {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("optimizer.momentum must be in [0, 1). Received: " + momentum);
        }
    }

    @Override
    public String kind() {
        return "momentum";
    }

    @Override
    public boolean normalizes() {
        return false;
    }

    @Override
    public OptimizerState init(int parameters) {
        return new OptimizerState(new float[1][parameters]);
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
        float alpha = (float) learningRate;
        float mu = (float) momentum;
        float[] velocity = state.slots()[0];
        float[] nextVelocity = nextState.slots()[0];
        for (int i = 0; i < parameters.length; i++) nextVelocity[i] = mu * velocity[i] - alpha * gradient[i];
        if (nesterov) {
            for (int i = 0; i < parameters.length; i++) {
                nextParameters[i] = parameters[i] + mu * nextVelocity[i] - alpha * gradient[i];
            }
        } else {
            for (int i = 0; i < parameters.length; i++) nextParameters[i] = parameters[i] + nextVelocity[i];
        }
    }
}
