package dev.millrace.pipeline.experiment;

import java.util.List;

/** Entry of {@code deploy/experiment.sh}. */
public final class Experiment {
    private Experiment() {}

    /** Arguments: what, samples, seeds, policies. */
    public static void main(String[] args) throws Exception {
        int samples = Integer.parseInt(args[1]);
        int seeds = Integer.parseInt(args[2]);
        List<String> policies = List.of(args[3].split(","));
        try (Runs runs = new Runs()) {
            CatchUp catchUp = new CatchUp(runs, samples, seeds, policies, System.out);
            catchUp.run(Learner.LINEAR, Scenario.STATIONARY, Scenario.ABRUPT);
            catchUp.run(Learner.PERCEPTRON, Scenario.STATIONARY, Scenario.ABRUPT);
        }
        System.exit(0);
    }
}
