package dev.millrace.pipeline.server;

import dev.millrace.model.gate.Evaluation;
import dev.millrace.model.snapshot.AliasChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** What was published, within the server's state. */
final class StandingFormat {
    private StandingFormat() {}

    static void write(Standing standing, DataOutputView out) throws IOException {
        out.writeLong(standing.revision());
        out.writeBoolean(standing.pinned());
        writeVersion(standing.champion(), out);
        writeVersion(standing.previous(), out);
        writeVersion(standing.candidate(), out);
        Evaluation bar = standing.bar();
        out.writeBoolean(bar != null);
        if (bar != null) write(bar, out);
        out.writeLong(standing.barTime());
        out.writeInt(standing.versions().size());
        for (Standing.Published each : standing.versions()) {
            out.writeLong(each.version());
            write(each.evaluation(), out);
        }
        TrainingStateSerializer.writeText(standing.manifest(), out);
        out.writeInt(standing.changes().size());
        for (AliasChange change : standing.changes()) TrainingStateSerializer.writeText(change.toJson(), out);
    }

    static Standing read(DataInputView in) throws IOException {
        long revision = in.readLong();
        boolean pinned = in.readBoolean();
        Long champion = readVersion(in);
        Long previous = readVersion(in);
        Long candidate = readVersion(in);
        Evaluation bar = in.readBoolean() ? readEvaluation(in) : null;
        long barTime = in.readLong();
        int count = in.readInt();
        List<Standing.Published> versions = new ArrayList<>();
        for (int i = 0; i < count; i++) versions.add(new Standing.Published(in.readLong(), readEvaluation(in)));
        String manifest = TrainingStateSerializer.readText(in);
        int changed = in.readInt();
        List<AliasChange> changes = new ArrayList<>();
        for (int i = 0; i < changed; i++) changes.add(AliasChange.fromJson(TrainingStateSerializer.readText(in)));
        return new Standing(revision, pinned, champion, previous, candidate, bar, barTime, versions, manifest, changes);
    }

    private static void write(Evaluation evaluation, DataOutputView out) throws IOException {
        out.writeLong(evaluation.samples());
        out.writeDouble(evaluation.loss());
        out.writeDouble(evaluation.accuracy());
        out.writeDouble(evaluation.auc());
        out.writeBoolean(evaluation.oneClass());
        out.writeBoolean(evaluation.finite());
    }

    private static Evaluation readEvaluation(DataInputView in) throws IOException {
        return new Evaluation(
                in.readLong(), in.readDouble(), in.readDouble(), in.readDouble(), in.readBoolean(), in.readBoolean());
    }

    private static void writeVersion(@Nullable Long version, DataOutputView out) throws IOException {
        out.writeBoolean(version != null);
        if (version != null) out.writeLong(version);
    }

    private static @Nullable Long readVersion(DataInputView in) throws IOException {
        return in.readBoolean() ? in.readLong() : null;
    }
}
