package dev.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotManifestTest {
    private static final SnapshotManifest GOOD = SnapshotParts.split(
                    Models.SMALL, 7, Models.CREATED, Models.ramp(11), Map.of("b", "2", "a", "1"), 16)
            .manifest();

    @Test
    void jsonComesBackEqual() {
        SnapshotManifest read = SnapshotManifest.fromJson(GOOD.toJson());

        assertThat(read).isEqualTo(GOOD);
        assertThat(read.provenance()).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
    }

    @Test
    void fieldsThatALaterReleaseOfTheSameFormatAddedAreSkipped() {
        String json = GOOD.toJson().replaceFirst("\\{", "{\"signature\": {\"key\": [1]},");

        assertThat(SnapshotManifest.fromJson(json)).isEqualTo(GOOD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"format\": 2}", "{\"format\": 2, \"parts\": \"elsewhere\"}", "{\"format\": 99999999999}"})
    void aNewerFormatNamesWhatIsSupportedWhateverElseItHolds(String json) {
        assertThatThrownBy(() -> SnapshotManifest.fromJson(json))
                .isInstanceOf(SnapshotException.class)
                .hasMessageMatching("Snapshot format \\d+ is unknown; this release reads formats 1 to 1\\. .*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "[]", "7", "{}", "{\"format\": \"1\"}", "{\"format\": 1.5}", "{", "{\"format\": 1}"})
    void whatIsNoManifestIsRefused(String json) {
        assertThatThrownBy(() -> SnapshotManifest.fromJson(json)).isInstanceOf(SnapshotException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "\"model\" : \"small\", \"model\" : \"../../etc\", model name must be",
        "\"model\" : \"small\", \"model\" : \"..\", model name must be",
        "\"model\" : \"small\", \"model\" : \"a/b\", model name must be",
        "\"model\" : \"small\", \"model\" : \"\", model name must be",
        "\"model\" : \"small\", \"model\" : null, model name must be",
        "\"version\" : 7, \"version\" : -7, version must be >= 0. Received: -7",
        "\"version\" : 7, \"version\" : null, not well-formed",
        "\"dtype\" : \"F32\", \"dtype\" : \"F16\", dtype must be F32. Received: F16",
        "\"parameters\" : 11, \"parameters\" : 12, must have 48 bytes for 12 parameters. Received: 44",
        "\"parameters\" : 11, \"parameters\" : 0, must have 0 bytes",
        "\"parameters\" : 11, \"parameters\" : -11, must have -44 bytes",
        "\"size\" : 12, \"size\" : 11, positive multiple of 4. Received: 11",
        "\"size\" : 12, \"size\" : -4, positive multiple of 4. Received: -4",
        "\"size\" : 12, \"size\" : 99999999999, not well-formed",
        "\"sha256\" :, \"sha\" :, lacks"
    })
    void aWrongValueIsNamed(String right, String wrong, String reason) {
        String json = GOOD.toJson();
        assertThat(json).contains(right);

        assertThatThrownBy(() -> SnapshotManifest.fromJson(json.replace(right, wrong)))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ctr", "ctr-2.1_b", "A", "..a"})
    void namesThatFitAFileAndATopicAreNames(String name) {
        assertThat(SnapshotManifest.isName(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "a/b", "a\\b", "ä", "a\n", "a\u0000"})
    void otherNamesAreNone(String name) {
        assertThat(SnapshotManifest.isName(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"not json", "{}", "null"})
    void aModelThatCannotBeReadIsNamedWithItsSnapshot(String spec) {
        SnapshotManifest manifest = new SnapshotManifest(
                1, "small", 7, 0, spec, "F32", 1, List.of(new SnapshotManifest.Part(4, "")), "", Map.of());

        assertThatThrownBy(manifest::modelSpec)
                .isInstanceOf(SnapshotException.class)
                .hasMessageStartingWith("the model of snapshot small version 7 cannot be read: ");
    }

    @Test
    void aModelTooLargeToCountIsNamedWithItsSnapshot() {
        String spec = Models.SMALL.toJson().replace("\"inputs\":3", "\"inputs\":2147483647");
        SnapshotManifest manifest = new SnapshotManifest(
                1, "small", 7, 0, spec, "F32", 1, List.of(new SnapshotManifest.Part(4, "")), "", Map.of());

        assertThatThrownBy(manifest::modelSpec)
                .isInstanceOf(SnapshotException.class)
                .hasMessageStartingWith("the model of snapshot small version 7 cannot be read: ");
    }
}
