package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.gate.Evaluation;
import dev.millrace.model.gate.GateMetric;
import dev.millrace.model.gate.Thresholds;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.files.StoredCopy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Champion and versions in the server's state: cut into snapshots, kept in checkpoints, compared with a directory. */
class StandingInStateTest {
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: halves
            inputs: 2
            layers: [{dense: {units: 1, activation: sigmoid}}]
            loss: binary_crossentropy
            """);
    private static final Thresholds GATE = new Thresholds(GateMetric.LOSS, 0.1, null, null, null, 100, Long.MAX_VALUE);

    @TempDir
    private Path directory;

    private final AliasNews news = new AliasNews();
    private final ServerSettings settings = settings();
    private final SnapshotOutlet outlet = new SnapshotOutlet(settings, news, 0);

    private ServerSettings settings() {
        return new ServerFixture("halves", SPEC.toJson(), BatchSettings.fixed(32))
                .publication(new PublicationSettings(GATE, 5, null))
                .settings();
    }

    private static TrainingState roundTrip(TrainingState state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        TrainingStateSerializer.INSTANCE.serialize(state, out);
        return TrainingStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    /** Outcomes of samples of both classes with this mean loss. */
    private static Outcomes outcomes(int samples, double loss) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeDouble(samples);
        out.writeDouble(samples * loss);
        out.writeDouble(samples);
        out.writeDouble(0.75 * samples);
        out.writeShort(1); // one bin of scores, with both classes
        out.writeByte(128);
        out.writeDouble(0.5 * samples);
        out.writeDouble(0.5 * samples);
        return Outcomes.readFormat1(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    }

    private AliasUpdate publish(TrainingState state, double loss) throws IOException {
        state.version++;
        state.metrics.add(100, outcomes(100, loss));
        List<SnapshotRecord> records = outlet.take(state, 0, 1_000);
        return AliasUpdate.ofText(records.get(records.size() - 1).aliases());
    }

    @Test
    void theDecisionTravelsWithTheManifestAndTheAliasesWithTheVersion() throws IOException {
        TrainingState state = Trainers.create(settings, null, true).state();

        state.version = 7;
        state.metrics.add(100, outcomes(100, 0.5));
        List<SnapshotRecord> records = outlet.take(state, 0, 1_000);

        SnapshotRecord last = records.get(records.size() - 1);
        SnapshotManifest manifest = SnapshotManifest.fromJson(last.manifest());
        assertThat(manifest.provenance())
                .containsEntry("gate", "promoted: first")
                .containsEntry("gate.text", "loss 0.5000 over 100 samples, and there was no champion")
                .containsEntry("gate.samples", "100");
        AliasUpdate update = AliasUpdate.ofText(last.aliases());
        assertThat(update.aliases()).isEqualTo(new Aliases("halves", 1, false, 7L, 7L, null));
        assertThat(update.changes()).hasSize(1);
        assertThat(state.standing.changes()).as("handed out").isEmpty();
    }

    @Test
    void aReportHasEveryDecisionOnce() throws IOException {
        TrainingState state = Trainers.create(settings, null, true).state();
        publish(state, 0.5);
        publish(state, 0.9);

        AliasReport report = news.take(state.standing);

        assertThat(report.decisions()).extracting(GateOutcome::reason).containsExactly("first", "worse");
        assertThat(report.decisions()).extracting(GateOutcome::outcome).containsExactly("promoted", "refused");
        assertThat(report.changes()).hasSize(1);
        assertThat(news.take(state.standing).decisions()).isEmpty();
    }

    @Test
    void championRevisionAndWhatIsComparedWithSurviveACheckpoint() throws IOException {
        TrainingState state = Trainers.create(settings, null, true).state();
        publish(state, 0.5);
        publish(state, 0.9);
        long champion = Objects.requireNonNull(state.standing.champion());

        TrainingState restored =
                Trainers.create(settings, roundTrip(state), true).state();

        assertThat(restored.standing).isEqualTo(state.standing);
        AliasUpdate next = publish(restored, 0.95);
        assertThat(next.aliases().champion()).isEqualTo(champion);
        assertThat(next.aliases().revision()).isEqualTo(3);
    }

    @Test
    void aPersonsDecisionThatNoSnapshotCarriedYetIsInTheCheckpoint() throws Exception {
        TrainingState state = Trainers.create(settings, null, true).state();
        publish(state, 0.5);
        publish(state, 0.4);
        Command rollback = Command.of("c-1", "halves", Action.ROLLBACK).from("ada", "");
        state.standing = new Commands(settings)
                .judge(Overrides.NONE, state.standing, null, rollback, 5)
                .standing();

        TrainingState restored = roundTrip(state);
        SnapshotRecord alone = Objects.requireNonNull(outlet.takeAliases(restored));

        assertThat(alone.part()).isEqualTo(SnapshotRecord.ALIASES_ALONE);
        assertThat(alone.version()).isEqualTo(3);
        AliasUpdate update = AliasUpdate.ofText(alone.aliases());
        assertThat(update.aliases().champion()).isEqualTo(2);
        assertThat(update.changes()).extracting(AliasChange::kind).containsExactly(AliasChange.Kind.ROLLBACK);
        assertThat(outlet.takeAliases(restored)).as("handed out").isNull();
    }

    @Test
    void aStateOfFormatSevenHasNoChampion() throws IOException {
        TrainingState state = Trainers.create(settings, null, true).state();
        DataOutputSerializer out = new DataOutputSerializer(256);
        TrainingStateSerializer.INSTANCE.serialize(state, out);
        byte[] newest = out.getCopyOfBuffer();
        DataOutputSerializer standing = new DataOutputSerializer(64);
        StandingFormat.write(Standing.NONE, standing);
        new EnginesInUse().write(standing);
        int challenge = 1; // there is none
        int pending = Integer.BYTES;
        byte[] old = new byte[newest.length - standing.length() - challenge];
        System.arraycopy(newest, 0, old, 0, old.length - pending);
        old[0] = 7;

        TrainingState restored = TrainingStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(old));

        assertThat(restored.standing).isEqualTo(Standing.NONE);
        assertThat(restored.parameters).isEqualTo(state.parameters);
    }

    private void onDisk(long version, double loss) throws IOException {
        Path place = Files.createDirectories(directory.resolve("versions/" + version));
        SnapshotManifest manifest = SnapshotParts.split(
                        SPEC,
                        version,
                        1,
                        new float[] {1, 2, 3},
                        Map.of("gate.loss", Double.toString(loss), "gate.samples", "100"),
                        1024)
                .manifest();
        Files.writeString(place.resolve("manifest.json"), manifest.toJson());
        Files.writeString(place.resolve("model.safetensors"), "not read here");
    }

    private void aliases(Aliases aliases) throws IOException {
        Files.writeString(directory.resolve("aliases.json"), aliases.toJson());
    }

    private Standing adopt(Standing standing) {
        return DirectoryStanding.adopt(standing, "halves", directory.toString(), 9_000);
    }

    @Test
    void aHigherRevisionInTheDirectoryIsAdoptedAndAudited() throws IOException {
        TrainingState state = Trainers.create(settings, null, true).state();
        publish(state, 0.5); // version 2
        publish(state, 0.4); // version 3, champion
        onDisk(2, 0.5);
        onDisk(3, 0.4);
        aliases(new Aliases("halves", 1_002, true, 2L, 3L, null));

        Standing adopted = adopt(state.standing);

        assertThat(adopted.aliases("halves")).isEqualTo(new Aliases("halves", 1_003, true, 2L, 3L, null));
        assertThat(adopted.changes())
                .containsExactly(new AliasChange(
                        1_003,
                        9_000,
                        AliasChange.Kind.ADOPT,
                        3L,
                        2L,
                        true,
                        "job",
                        "",
                        "revision 1002 was published without this job, which had 2"));
        assertThat(Objects.requireNonNull(adopted.toBeat(9_000)).bar())
                .as("what version 2 was measured as")
                .isEqualTo(state.standing.evaluation(2));
    }

    /** A store is asked through Flink's file systems, which know the one in memory by its scheme. */
    @ParameterizedTest
    @ValueSource(strings = {"objects://bucket/adopted", "file:"})
    void aHigherRevisionIsAdoptedFromAUriToo(String uri) throws IOException {
        String place = uri.equals("file:") ? directory.resolve("store").toUri().toString() : uri;
        onDisk(2, 0.5);
        onDisk(3, 0.4);
        aliases(new Aliases("halves", 1_002, true, 2L, 3L, null));
        StoredCopy.of(directory, place);

        Standing adopted = DirectoryStanding.adopt(Standing.NONE, "halves", place, 9_000);

        // The candidate is what a job itself has published last: nothing yet.
        assertThat(adopted.aliases("halves")).isEqualTo(new Aliases("halves", 1_003, true, 2L, null, null));
        assertThat(Objects.requireNonNull(adopted.evaluation(3)).loss()).isEqualTo(0.4);
    }

    @Test
    void theSameOrALowerRevisionIsNotAdopted() throws IOException {
        TrainingState state = Trainers.create(settings, null, true).state();
        publish(state, 0.5);
        onDisk(2, 0.5);
        aliases(new Aliases("halves", 1, true, null, 2L, null));

        assertThat(adopt(state.standing)).isEqualTo(state.standing);
    }

    @Test
    void versionsThatTheStateDoesNotKnowMayBePromoted() throws IOException {
        onDisk(41, 0.6);

        Standing known = adopt(Standing.NONE);

        assertThat(known.evaluation(41)).isEqualTo(new Evaluation(100, 0.6, Double.NaN, Double.NaN, false, true));
        assertThat(known.champion()).isNull();
    }

    @Test
    void aDirectoryThatCannotBeReadOrIsAnotherModelsChangesNothing() throws IOException {
        Standing standing = Standing.NONE.withRevision(3);
        aliases(new Aliases("other", 50, true, null, null, null));
        assertThat(adopt(standing)).isEqualTo(standing);

        Files.writeString(directory.resolve("aliases.json"), "{\"model\": \"halves\", \"revision\": ");
        assertThat(adopt(standing)).isEqualTo(standing);
        assertThat(DirectoryStanding.adopt(standing, "halves", "/no/such", 0)).isEqualTo(standing);
    }

    @Test
    void whatAPersonDoesOfflineIsAboveWhatAJobThatEndedMayHaveDecided() throws IOException {
        onDisk(2, 0.5);
        onDisk(3, 0.4);
        aliases(new Aliases("halves", 9, false, 3L, 3L, 2L));
        Command rollback = Command.of("c-1", "halves", Action.ROLLBACK).from("ada", "night");

        DirectoryStanding.Answer answer = DirectoryStanding.judge(new SnapshotDirectory(directory), rollback, 5);

        AliasUpdate update = Objects.requireNonNull(answer.update());
        assertThat(update.aliases()).isEqualTo(new Aliases("halves", 1_009, false, 2L, 3L, null));
        assertThat(update.changes())
                .containsExactly(
                        new AliasChange(1_009, 5, AliasChange.Kind.ROLLBACK, 3L, 2L, false, "ada", "c-1", "night"));
        Command unknown = Command.of("c-2", "halves", Action.PROMOTE).withVersion(7);
        assertThat(DirectoryStanding.judge(new SnapshotDirectory(directory), unknown, 5)
                        .outcome()
                        .reason())
                .isEqualTo("version must be one that is retained: 2, 3. Received: 7");
    }
}
