package dev.millrace.model.client;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotAssembler;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import java.util.Map;

/**
 * Models whose outputs name their version: every parameter is the version, so that each output of a row of ones is (inputs +
 * 1) times it, exactly, as long as that is below 2^24. Of two versions mixed, none comes out.
 */
final class Identified {
    static final int INPUTS = 7;
    static final int OUTPUTS = 3;
    static final long CREATED = 1_700_000_000_000L;

    static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: ctr
            inputs: %d
            layers:
              - dense: {name: out, units: %d}
            loss: mean_squared_error
            """.formatted(INPUTS, OUTPUTS));

    private Identified() {}

    static float[] parameters(long version) {
        float[] parameters = new float[SPEC.layout().size()];
        Arrays.fill(parameters, (float) version);
        return parameters;
    }

    static SnapshotParts parts(long version) {
        return SnapshotParts.split(SPEC, version, CREATED + version, parameters(version), Map.of(), 40);
    }

    static Snapshot snapshot(long version) {
        SnapshotParts parts = parts(version);
        SnapshotAssembler assembler = new SnapshotAssembler(parts.manifest());
        for (int i = 0; i < parts.parts().size(); i++)
            assembler.add(i, parts.parts().get(i));
        return assembler.finish();
    }

    /** A row of ones. */
    static float[] row() {
        float[] row = new float[INPUTS];
        Arrays.fill(row, 1);
        return row;
    }

    /** What version a model's outputs name; fails if they name none. */
    static long versionOf(ServedModel model) {
        float[] into = new float[OUTPUTS];
        model.predict(row(), 1, into);
        return versionOf(into);
    }

    static long versionOf(float[] outputs) {
        for (int i = 1; i < OUTPUTS; i++) {
            if (outputs[i] != outputs[0]) throw new AssertionError("of no one version: " + Arrays.toString(outputs));
        }
        float version = outputs[0] / (INPUTS + 1);
        if (version != (long) version) throw new AssertionError("of no version: " + Arrays.toString(outputs));
        return (long) version;
    }
}
