package dev.millrace.model.snapshot;

import dev.millrace.model.spec.ModelSpec;

/** Small models for these tests. */
final class Models {
    /** 11 parameters: kernel [2, 3], bias [2], kernel [1, 2], bias [1]. */
    static final ModelSpec SMALL = ModelSpec.fromYaml("""
            name: small
            inputs: 3
            layers:
              - dense: {name: hidden, units: 2, activation: relu}
              - dense: {name: out, units: 1, activation: sigmoid}
            loss: binary_crossentropy
            """);

    static final long CREATED = 1_700_000_000_000L;

    private Models() {}

    /** One linear output: {@code inputs + 1} parameters. */
    static ModelSpec linear(int inputs) {
        return ModelSpec.fromYaml("""
            name: linear
            inputs: %d
            layers:
              - dense: {name: out, units: 1}
            loss: mean_squared_error
            """.formatted(inputs));
    }

    /** 0.5, 1, 1.5, ... */
    static float[] ramp(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) values[i] = (i + 1) / 2f;
        return values;
    }
}
