package dev.millrace.model.optimizer;

/** What Adagrad and RMSprop share: a step that is divided by the root of gathered squares, {@code g / sqrt(s' + eps)}. */
final class RootScaled {
    private RootScaled() {}

    /** {@code s' = keep s + add g^2; theta' = theta - alpha g / sqrt(s' + eps)}. */
    static void update(
            float keep,
            float add,
            double learningRate,
            double epsilon,
            float[] gradient,
            OptimizerState state,
            float[] parameters,
            OptimizerState nextState,
            float[] nextParameters) {
        float alpha = (float) learningRate;
        float eps = (float) epsilon;
        float[] squares = state.slots()[0];
        float[] next = nextState.slots()[0];
        for (int i = 0; i < parameters.length; i++) next[i] = keep * squares[i] + add * gradient[i] * gradient[i];
        for (int i = 0; i < parameters.length; i++) {
            nextParameters[i] = parameters[i] - alpha * gradient[i] / (float) Math.sqrt(next[i] + eps);
        }
    }
}
