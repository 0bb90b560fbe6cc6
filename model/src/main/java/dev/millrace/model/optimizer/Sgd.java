package dev.millrace.model.optimizer;

/** {@code theta' = theta - alpha g}: the article's optimizer. No state. */
public record Sgd() implements Optimizer {

    @Override
    public String kind() {
        return "sgd";
    }

    @Override
    public boolean normalizes() {
        return false;
    }

    @Override
    public OptimizerState init(int parameters) {
        return new OptimizerState(new float[0][]);
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
        for (int i = 0; i < parameters.length; i++) nextParameters[i] = parameters[i] - alpha * gradient[i];
    }
}
