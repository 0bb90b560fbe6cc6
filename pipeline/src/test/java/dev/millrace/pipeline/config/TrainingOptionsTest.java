package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingOptionsTest {

    @Test
    void everyOptionIsDescribedAndNamedOnce() {
        List<Setting<?>> all = TrainingOptions.all();

        assertThat(all).allSatisfy(setting -> {
            assertThat(setting.description()).isNotBlank().endsWith(".");
            assertThat(setting.key()).matches("[a-z0-9.-]+");
        });
        assertThat(all).extracting(Setting::key).doesNotHaveDuplicates();
    }

    @Test
    void everyDefaultSatisfiesItsOwnConstraint() {
        assertThat(TrainingOptions.all())
                .filteredOn(setting -> setting.option().hasDefaultValue())
                .allSatisfy(setting -> assertThat(setting.parse(setting.defaultText()))
                        .isEqualTo(setting.option().defaultValue()));
    }

    @Test
    void noOptionHidesBehindAFamilyOfKeys() {
        assertThat(TrainingOptions.all())
                .extracting(Setting::key)
                .filteredOn(key -> !key.equals("model.file"))
                .noneMatch(key -> TrainingOptions.subtrees().stream().anyMatch(tree -> tree.covers(key)));
    }
}
