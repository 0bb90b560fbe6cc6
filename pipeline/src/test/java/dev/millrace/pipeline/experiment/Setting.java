package dev.millrace.pipeline.experiment;

import java.util.List;

/**
 * A policy to compare, with the learning rate that was tuned for it.
 *
 * @param size batch of the first step; of every step where the policy is fixed
 */
record Setting(String name, String policy, int size, double learningRate) {

    static Setting fixed(int size, double learningRate) {
        return new Setting("fixed " + size, "fixed", size, learningRate);
    }

    static Setting adaptive(String policy, double learningRate) {
        return new Setting(policy, policy, 16, learningRate);
    }

    boolean isFixed() {
        return policy.equals("fixed");
    }

    List<String> options() {
        return List.of("batch.policy=" + policy, "batch.size=" + size, "learning-rate=" + learningRate);
    }
}
