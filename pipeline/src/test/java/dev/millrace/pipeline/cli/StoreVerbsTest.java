package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.files.Places;
import dev.millrace.pipeline.files.StoredCopy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.core.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs of published versions on URIs: an object store in memory, and files. */
class StoreVerbsTest {
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: difference
            inputs: 2
            layers: [{dense: {units: 1}}]
            loss: mean_squared_error
            """);

    @TempDir
    private Path directory;

    private String place = "";

    /** @param scheme of the place that two versions are published at */
    private void publish(String scheme) throws IOException {
        Path source = directory.resolve("source");
        version(source, 3, 0, 0, 0);
        version(source, 12, 1, -1, 0);
        place = scheme.equals("file") ? directory.resolve("store").toUri().toString() : scheme + "://bucket/verbs";
        StoredCopy.of(source, place);
    }

    private static void version(Path source, long version, float... parameters) throws IOException {
        Path at = Files.createDirectories(source.resolve("versions/" + version));
        String manifest = SnapshotParts.split(SPEC, version, 1_700_000_000_000L, parameters, Map.of(), 8)
                .manifest()
                .toJson();
        try (OutputStream out = Files.newOutputStream(at.resolve("model.safetensors"))) {
            Safetensors.write(SPEC.layout(), parameters, Map.of(), out);
        }
        Files.writeString(at.resolve("manifest.json"), manifest);
        Files.writeString(source.resolve("current.json"), manifest);
    }

    @AfterEach
    void forget() throws IOException {
        org.apache.flink.core.fs.Path path = new org.apache.flink.core.fs.Path(place);
        FileSystem files = path.getFileSystem();
        files.delete(path, true);
    }

    private Ran snapshot(String verb, String... more) {
        String[] args = new String[4 + more.length];
        args[0] = "snapshot";
        args[1] = verb;
        System.arraycopy(more, 0, args, 2, more.length);
        args[args.length - 2] = "--directory";
        args[args.length - 1] = place;
        return Ran.millrace(args);
    }

    @ParameterizedTest
    @ValueSource(strings = {"objects", "file"})
    void versionsAreListedVerifiedFetchedComparedAndExported(String scheme) throws IOException {
        publish(scheme);
        Path output = directory.resolve("out");

        Ran list = snapshot("list");
        Ran verify = snapshot("verify");
        Ran get = snapshot("get", "--version-number", "3", "--output", output.toString());
        Ran diff = snapshot("diff", "3", "newest");
        Ran export = snapshot(
                "export",
                "--format",
                "json",
                "--output",
                output.resolve("m.json").toString());

        assertThat(list.out().lines().map(line -> line.split(" ", 2)[0]))
                .as(list.err())
                .containsExactly("version", "3", "12", "2");
        assertThat(verify.out()).containsPattern("ok +version 3").containsPattern("ok +version 12");
        assertThat(get.exitCode()).as(get.err()).isEqualTo(ExitCode.OK);
        assertThat(output.resolve("model.safetensors")).exists();
        assertThat(diff.out()).containsPattern("b +difference version 12, ");
        assertThat(export.exitCode()).as(export.err()).isEqualTo(ExitCode.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"objects", "file"})
    void theChampionIsMovedOfflineAndAudited(String scheme) throws IOException {
        publish(scheme);

        Ran promoted = snapshot("promote", "3", "--offline", "--reason", "night shift");
        Ran again = snapshot("promote", "12", "--offline");
        Ran unknown = snapshot("promote", "4", "--offline");
        Ran list = snapshot("list");

        assertThat(promoted.out()).as(promoted.err()).contains("difference: champion: version 3");
        assertThat(again.out()).contains("champion: version 12");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(list.out()).contains("champion: version 12");
        SnapshotDirectory published = new SnapshotDirectory(Places.published(place));
        assertThat(Objects.requireNonNull(published.aliases()).previous()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"objects", "file"})
    void aVersionThatIsNotReadyIsNotListed(String scheme) throws IOException {
        publish(scheme);
        String name = scheme.equals("file") ? SnapshotDirectory.MANIFEST : SnapshotDirectory.READY;
        org.apache.flink.core.fs.Path file = new org.apache.flink.core.fs.Path(place + "/versions/3/" + name);
        file.getFileSystem().delete(file, false);

        assertThat(snapshot("list").out().lines().map(line -> line.split(" ", 2)[0]))
                .containsExactly("version", "12", "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"objects://bucket/nothing", "unheard://bucket/x", "file:/no/such/place"})
    void aPlaceThatIsNotThereIsNamed(String nowhere) {
        place = nowhere.startsWith("unheard") ? "objects://bucket/verbs" : nowhere;

        Ran ran = Ran.millrace("snapshot", "list", "--directory", nowhere);

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains(nowhere);
    }
}
