package dev.millrace.model.optimizer;

/**
 * RMSprop as Keras has it, without momentum and not centered: {@code v' = rho v + (1 - rho) g^2; theta' = theta - alpha g /
 * sqrt(v' + eps)}. One slot: v. Source: Tieleman and Hinton 2012, lecture 6.5.
 *
 * @param rho in [0, 1)
 * @param epsilon eps, > 0
 */
public record RmsProp(double rho, double epsilon) implements Optimizer {
    public RmsProp {
        if (!(rho >= 0 && rho < 1)) {
            throw new IllegalArgumentException("optimizer.rho must be in [0, 1). Received: " + rho);
        }
        if (!(epsilon > 0)) throw new IllegalArgumentException("optimizer.epsilon must be > 0. Received: " + epsilon);
    }

    @Override
    public String kind() {
        return "rmsprop";
    }

    @Override
    public boolean normalizes() {
        return true;
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
        RootScaled.update(
                (float) rho,
                (float) (1 - rho),
                learningRate,
                epsilon,
                gradient,
                state,
                parameters,
                nextState,
                nextParameters);
    }
}
