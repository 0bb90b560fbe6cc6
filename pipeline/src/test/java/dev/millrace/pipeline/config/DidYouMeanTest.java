package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DidYouMeanTest {

    @ParameterizedTest
    @CsvSource({"size,size,0", "size,sise,1", "size,isze,1", "size,sizes,1", "size,ze,2", "abc,xyz,3"})
    void distanceCountsEdits(String from, String to, int expected) {
        assertThat(DidYouMean.distance(from, to)).isEqualTo(expected);
    }

    @Test
    void onlyANearWordIsSuggested() {
        List<String> known = List.of("validate", "describe", "snapshot");

        assertThat(DidYouMean.nearest("valdiate", known)).isEqualTo("validate");
        assertThat(DidYouMean.nearest("deploy", known)).isNull();
    }
}
