package dev.millrace.pipeline.counting;

import dev.millrace.model.spec.ModelSpec;

/** A model with as many parameters as there are samples: 1 input, {@code units} hidden, 1 output: 3 units + 1. */
final class CountingModel {
    static final String NAME = "counting";

    private CountingModel() {}

    static int samples(int units) {
        return 3 * units + 1;
    }

    /** The same number of parameters as rows of a table, behind a bias that stays zero; inputs are the id and the round it comes in. */
    static ModelSpec table(int units) {
        return ModelSpec.fromYaml("""
                name: counting
                inputs: 2
                layers:
                  - sparse_linear: {input_dim: %d, units: 1, activation: sigmoid}
                loss: binary_crossentropy
                """.formatted(samples(units)));
    }

    static ModelSpec spec(int units) {
        return ModelSpec.fromYaml("""
                name: counting
                inputs: 1
                layers:
                  - dense: {units: %d, activation: relu, kernel_initializer: zeros}
                  - dense: {units: 1, activation: sigmoid, kernel_initializer: zeros}
                loss: binary_crossentropy
                """.formatted(units));
    }
}
