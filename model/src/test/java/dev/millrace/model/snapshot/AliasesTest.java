package dev.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AliasesTest {

    @Test
    void comeBackFromJson() {
        Aliases full = new Aliases("ctr", 7, true, 41L, 44L, 40L);
        Aliases begun = new Aliases("ctr", 1, false, null, 3L, null);

        assertThat(Aliases.fromJson(full.toJson())).isEqualTo(full);
        assertThat(Aliases.fromJson(begun.toJson())).isEqualTo(begun);
        assertThat(begun.toJson())
                .isEqualTo("{\"model\":\"ctr\",\"revision\":1,\"pinned\":false,\"aliases\":{\"candidate\":3}}");
    }

    @Test
    void passOverWhatLaterReleasesAdd() {
        String json = "{\"model\":\"ctr\",\"revision\":2,\"aliases\":{\"champion\":1,\"shadow\":2},\"new\":[]}";

        assertThat(Aliases.fromJson(json)).isEqualTo(new Aliases("ctr", 2, false, 1L, null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"model\":\"ctr\"}",
                "{\"model\":\"../x\",\"revision\":1}",
                "{\"model\":\"ctr\",\"revision\":1,\"aliases\":{\"champion\":\"41\"}}",
                "{\"model\":\"ctr\",\"revision\":1e30}",
            })
    void areRefusedIfTheyAreNone(String json) {
        assertThatThrownBy(() -> Aliases.fromJson(json)).isInstanceOf(SnapshotException.class);
    }

    @Test
    void changesComeBackFromOneLineOfJson() {
        AliasChange change = new AliasChange(
                9,
                1_780_228_800_123L,
                AliasChange.Kind.ROLLBACK,
                44L,
                null,
                true,
                "ada",
                "c-1",
                "two\nlines \"quoted\"");

        assertThat(change.toJson()).doesNotContain("\n");
        assertThat(AliasChange.fromJson(change.toJson())).isEqualTo(change);
        assertThatThrownBy(() -> AliasChange.fromJson("{\"revision\": 1}")).isInstanceOf(SnapshotException.class);
    }
}
