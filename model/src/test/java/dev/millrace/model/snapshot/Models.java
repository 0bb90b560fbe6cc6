package dev.millrace.model.snapshot;

import dev.millrace.model.spec.ModelSpec;
import java.util.List;
import java.util.Map;

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

    /** Announces 8 GB of parameters, consistently. */
    static SnapshotManifest hugeManifest() {
        ModelSpec spec = ModelSpec.fromYaml("""
                name: huge
                inputs: 10000000
                layers:
                  - dense: {units: 200}
                loss: mean_squared_error
                """);
        String sha256 = "0".repeat(64);
        SnapshotManifest.Part part = new SnapshotManifest.Part(2_000_000_000, sha256);
        SnapshotManifest.Part last = new SnapshotManifest.Part(2_000_000_800, sha256);
        return new SnapshotManifest(
                SnapshotManifest.FORMAT,
                "huge",
                7,
                CREATED,
                spec.toJson(),
                SnapshotManifest.F32,
                2_000_000_200,
                List.of(part, part, part, last),
                sha256,
                Map.of());
    }

    /** 0.5, 1, 1.5, ... */
    static float[] ramp(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) values[i] = (i + 1) / 2f;
        return values;
    }
}
