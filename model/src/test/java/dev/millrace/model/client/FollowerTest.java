package dev.millrace.model.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.snapshot.SnapshotParts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FollowerTest {
    @TempDir
    private Path root;

    private final HandClock clock = new HandClock(Instant.ofEpochMilli(Identified.CREATED));
    private final News news = new News();
    private long before;
    private PublishedDirectory published;
    private @Nullable Follower follower;

    @BeforeEach
    void publish() {
        before = OffHeap.liveBytes();
        published = new PublishedDirectory(root);
    }

    @AfterEach
    void nothingIsLeftOutsideTheHeap() {
        if (follower != null) follower.close();
        assertThat(OffHeap.liveBytes()).isEqualTo(before);
    }

    private Follower follow(String choice) {
        return follow(choice, null);
    }

    private Follower follow(String choice, @Nullable Duration limit) {
        Freshness freshness = new Freshness(clock, limit, clock.instant());
        Follower started = new Follower(new DirectorySource(root), new VersionChoice(choice), news, freshness);
        follower = started;
        return started;
    }

    private static long serving(Follower follower) {
        ServedModel model = Objects.requireNonNull(follower.current());
        assertThat(Identified.versionOf(model)).isEqualTo(model.version());
        return model.version();
    }

    @Test
    void aNewerVersionReplacesTheOneThatServes() {
        Follower follower = follow("newest");
        published.publish(7);
        follower.poll();
        published.publish(9);
        follower.poll();
        follower.poll();

        assertThat(serving(follower)).isEqualTo(9);
        assertThat(news.sinceLast()).containsExactly("loaded 7", "loaded 9");
    }

    private interface Damage {
        void to(Path version) throws IOException;
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("a flipped bit", "is damaged: its SHA-256", version -> flipLastBit(version)),
                damage("cut off", "is cut off", version -> truncate(version.resolve("model.safetensors"), 90)),
                damage("one byte short", "ends early", version -> truncate(version.resolve("model.safetensors"), -1)),
                damage("no parameters", "is missing", version -> Files.delete(version.resolve("model.safetensors"))),
                damage(
                        "no manifest",
                        "There is no version 8",
                        version -> Files.delete(version.resolve("manifest.json"))),
                damage(
                        "a manifest cut off",
                        "not well-formed",
                        version -> truncate(version.resolve("manifest.json"), 50)),
                damage(
                        "another hash",
                        "is damaged: its SHA-256",
                        version -> edit(
                                version,
                                m -> new SnapshotManifest(
                                        m.format(),
                                        m.model(),
                                        m.version(),
                                        m.created(),
                                        m.spec(),
                                        m.dtype(),
                                        m.parameters(),
                                        m.parts(),
                                        "0".repeat(64),
                                        m.provenance()))),
                damage(
                        "another layout",
                        "must be",
                        version -> edit(
                                version,
                                m -> new SnapshotManifest(
                                        m.format(),
                                        m.model(),
                                        m.version(),
                                        m.created(),
                                        m.spec().replace("\"out\"", "\"other\""),
                                        m.dtype(),
                                        m.parameters(),
                                        m.parts(),
                                        m.sha256(),
                                        m.provenance()))),
                damage(
                        "a larger model",
                        "tensor out/kernel must be",
                        version -> edit(
                                version,
                                m -> new SnapshotManifest(
                                        m.format(),
                                        m.model(),
                                        m.version(),
                                        m.created(),
                                        m.spec().replace(":7,", ":8,"),
                                        m.dtype(),
                                        m.parameters(),
                                        m.parts(),
                                        m.sha256(),
                                        m.provenance()))),
                damage(
                        "a format to come",
                        "Snapshot format 2 is unknown",
                        version -> Files.writeString(
                                version.resolve("manifest.json"),
                                Files.readString(version.resolve("manifest.json"))
                                        .replace("\"format\" : 1", "\"format\" : 2"))));
    }

    private static Arguments damage(String name, String reason, Damage damage) {
        return arguments(Named.of(name, damage), reason);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aVersionThatIsNotAsAnnouncedIsRefusedAndTheOneBeforeGoesOn(Damage damage, String reason) throws IOException {
        Follower follower = follow("newest");
        published.publish(7);
        follower.poll();
        damage.to(published.add(8));
        published.pointTo(8);
        follower.poll();

        assertThat(serving(follower)).isEqualTo(7);
        assertThat(news.sinceLast())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("refused ")
                .contains(reason);
    }

    @Test
    void aParameterThatIsNotFiniteIsRefused() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Path fresh = root.resolve(Float.toString(bad));
            PublishedDirectory place = new PublishedDirectory(fresh);
            float[] parameters = Identified.parameters(8);
            parameters[5] = bad;
            place.add(
                    SnapshotParts.split(Identified.SPEC, 8, 1, parameters, Map.of(), 40)
                            .manifest(),
                    parameters);
            place.pointTo(8);
            Follower follower = new Follower(
                    new DirectorySource(fresh),
                    VersionChoice.NEWEST,
                    news,
                    new Freshness(clock, null, clock.instant()));
            follower.poll();

            assertThat(follower.current()).isNull();
            assertThat(news.sinceLast())
                    .containsExactly("refused 8: model ctr version 8 has parameters that are not finite");
            follower.close();
        }
    }

    @Test
    void aVersionThatWasRefusedServesOnceItIsWhole() throws IOException {
        Follower follower = follow("newest");
        Path version = published.publish(8);
        byte[] whole = Files.readAllBytes(version.resolve("model.safetensors"));
        truncate(version.resolve("model.safetensors"), 100);
        for (int poll = 0; poll < 10; poll++) follower.poll();
        Files.write(version.resolve("model.safetensors"), whole);
        for (int poll = 0; poll < 16; poll++) follower.poll(); // the pause has doubled to 8 polls, perhaps 16

        assertThat(serving(follower)).isEqualTo(8);
        assertThat(news.sinceLast()).hasSize(2).last().isEqualTo("loaded 8");
    }

    @Test
    void aNewestVersionBelowTheOneThatServesIsRefused() {
        Follower follower = follow("newest");
        published.publish(9);
        follower.poll();
        published.publish(8);
        follower.poll();
        follower.poll();

        assertThat(serving(follower)).isEqualTo(9);
        assertThat(news.sinceLast()).containsExactly("loaded 9", "refused 8: it is older than version 9 which serves");
    }

    @Test
    void theSameVersionWithOtherParametersIsRefused() throws IOException {
        Follower follower = follow("newest");
        Path version = published.publish(9);
        follower.poll();
        Files.move(version, root.resolve("before"));
        float[] parameters = new float[Identified.parameters(9).length];
        published.add(
                SnapshotParts.split(Identified.SPEC, 9, 1, parameters, Map.of(), 40)
                        .manifest(),
                parameters);
        published.pointTo(9);
        follower.poll();

        assertThat(serving(follower)).isEqualTo(9);
        assertThat(news.sinceLast())
                .containsExactly("loaded 9", "refused 9: it has other parameters than version 9 which serves");
    }

    @Test
    void aVersionOfAnotherModelIsRefused() {
        Follower follower = follow("newest");
        published.publish(9);
        follower.poll();
        SnapshotManifest m = Identified.parts(10).manifest();
        published.add(
                new SnapshotManifest(
                        m.format(),
                        "fraud",
                        m.version(),
                        m.created(),
                        m.spec(),
                        m.dtype(),
                        m.parameters(),
                        m.parts(),
                        m.sha256(),
                        m.provenance()),
                Identified.parameters(10));
        published.pointTo(10);
        follower.poll();

        assertThat(serving(follower)).isEqualTo(9);
        assertThat(news.sinceLast()).last().isEqualTo("refused 10: it is of model fraud, not of ctr");
    }

    @Test
    void anAliasThatIsMovedBackIsObeyed() {
        Follower follower = follow("champion");
        published.publish(7);
        published.publish(9);
        published.champion(9, 4);
        follower.poll();
        published.champion(7, 5);
        follower.poll();

        assertThat(serving(follower)).isEqualTo(7);
        assertThat(news.sinceLast()).containsExactly("loaded 9", "loaded 7");
    }

    @Test
    void aliasesOlderThanThoseObeyedAreRefused() {
        Follower follower = follow("champion");
        published.publish(7);
        published.publish(9);
        published.champion(7, 5);
        follower.poll();
        published.champion(9, 4);
        follower.poll();

        assertThat(serving(follower)).isEqualTo(7);
        assertThat(news.sinceLast())
                .containsExactly(
                        "loaded 7", "refused 9: revision 4 of the aliases is older than 5, by which version 7 serves");
    }

    @Test
    void aChampionStaysWhileNewerVersionsArePublished() {
        Follower follower = follow("champion");
        published.publish(7);
        follower.poll();
        assertThat(follower.current()).isNull();
        published.champion(7, 1);
        follower.poll();
        published.publish(9);
        follower.poll();

        assertThat(serving(follower)).isEqualTo(7);
        assertThat(news.sinceLast()).containsExactly("loaded 7");
    }

    @Test
    void anAliasThatIsGoneLeavesTheModelAsItIs() throws IOException {
        Follower follower = follow("champion");
        published.publish(7);
        published.champion(7, 1);
        follower.poll();
        Files.delete(root.resolve("aliases.json"));
        follower.poll();
        follower.poll();

        assertThat(serving(follower)).isEqualTo(7);
        assertThat(news.sinceLast())
                .containsExactly("loaded 7", "refused champion: no version in " + root + " is champion any more");
    }

    @Test
    void aPinnedVersionStays() {
        Follower follower = follow("7");
        published.publish(7);
        published.publish(9);
        follower.poll();

        assertThat(serving(follower)).isEqualTo(7);
    }

    @Test
    void aSourceThatFailsIsToldOnceAndAskedAgain() throws IOException {
        Follower follower = follow("newest");
        published.publish(7);
        follower.poll();
        Path elsewhere = root.resolveSibling(root.getFileName() + "-elsewhere");
        Files.move(root, elsewhere);
        follower.poll();
        follower.poll();
        assertThat(serving(follower)).isEqualTo(7);
        Files.move(elsewhere, root);
        published.publish(8);
        follower.poll();

        assertThat(serving(follower)).isEqualTo(8);
        assertThat(news.sinceLast()).containsExactly("loaded 7", "unreachable", "loaded 8");
    }

    @Test
    void aModelGrowsStaleAndFreshAgain() {
        Follower follower = follow("newest", Duration.ofSeconds(60));
        follower.poll();
        clock.advance(Duration.ofSeconds(61));
        follower.poll();
        assertThat(news.sinceLast()).containsExactly("stale at 61 s");
        assertThat(follower.isFresh()).isFalse();

        clock.advance(Duration.ofSeconds(-21));
        published.publish(7); // created 7 ms after the clock began
        follower.poll();
        assertThat(follower.isFresh()).isTrue();
        assertThat(follower.age()).isEqualTo(Duration.ofSeconds(40).minusMillis(7));

        clock.advance(Duration.ofSeconds(30));
        follower.poll();
        follower.poll();
        assertThat(follower.isFresh()).isFalse();
        assertThat(news.sinceLast()).containsExactly("loaded 7", "stale at 69 s");
    }

    @Test
    void aListenerThatFailsHoldsNothingUp() {
        Freshness freshness = new Freshness(clock, null, clock.instant());
        SnapshotListener failing = new SnapshotListener() {
            @Override
            public void loaded(ServedModel model) {
                throw new IllegalStateException("a listener's own");
            }
        };
        Follower failingly = new Follower(new DirectorySource(root), VersionChoice.NEWEST, failing, freshness);
        follower = failingly;
        published.publish(7);
        failingly.poll();
        published.publish(8);
        failingly.poll();

        assertThat(serving(failingly)).isEqualTo(8);
    }

    private static void flipLastBit(Path version) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(version.resolve("model.safetensors").toFile(), "rw")) {
            file.seek(file.length() - 4);
            int value = file.read();
            file.seek(file.length() - 4);
            file.write(value ^ 1);
        }
    }

    /** @param length to keep; below 0: to take off */
    private static void truncate(Path path, int length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(length < 0 ? file.length() + length : length);
        }
    }

    private interface Edit {
        SnapshotManifest of(SnapshotManifest manifest);
    }

    private static void edit(Path version, Edit edit) {
        try {
            Path file = version.resolve("manifest.json");
            Files.writeString(
                    file,
                    edit.of(SnapshotManifest.fromJson(Files.readString(file))).toJson());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
