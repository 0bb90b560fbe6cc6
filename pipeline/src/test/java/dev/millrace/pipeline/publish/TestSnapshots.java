package dev.millrace.pipeline.publish;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.server.AliasUpdate;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Snapshots of a model with four parameters, cut into two parts. */
final class TestSnapshots {

    private TestSnapshots() {}

    static List<SnapshotRecord> records(String model, long version, int content) {
        Aliases aliases = new Aliases(model, version, false, null, version, null);
        return records(model, version, content, new AliasUpdate(aliases, List.of()));
    }

    static List<SnapshotRecord> records(String model, long version, int content, AliasUpdate update) {
        SnapshotParts snapshot = SnapshotParts.split(
                spec(model), version, 1_700_000_000_000L, parameters(content), Map.of("samples", "12"), 8);
        List<SnapshotRecord> records = new ArrayList<>();
        int count = snapshot.parts().size();
        for (int i = 0; i < count; i++) {
            records.add(new SnapshotRecord(
                    model, version, i, count, snapshot.parts().get(i), "", ""));
        }
        records.add(new SnapshotRecord(
                model, version, count, count, new byte[0], snapshot.manifest().toJson(), update.toText()));
        return records;
    }

    static float[] parameters(int content) {
        return new float[] {content, 2, 3, 4};
    }

    private static ModelSpec spec(String model) {
        return ModelSpec.fromYaml("name: " + model
                + "\ninputs: 3\nlayers: [{dense: {units: 1, activation: sigmoid}}]\nloss: binary_crossentropy\n");
    }
}
