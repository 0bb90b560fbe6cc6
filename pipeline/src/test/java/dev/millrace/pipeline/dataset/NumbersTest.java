package dev.millrace.pipeline.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
    private static float parse(String text) {
        // Beside other characters, as in the reader's buffer.
        return Numbers.parse(("7" + text + "8").toCharArray(), 1, 1 + text.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1",
                "-1.5",
                ".5",
                "5.",
                "16777216",
                "16777217",
                "0.16777217",
                "1e-3",
                "+4",
                "1E10",
                "0.0000000001",
                "0.00000000001",
                "3.4028235e38",
                "1e39",
                "-1e39",
                "0.05644299999999999",
                "123456789012345678901234567890"
            })
    void aNumberIsTheNearestFloat(String text) {
        assertThat(parse(text)).isEqualTo(Float.parseFloat(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "-",
                "x",
                "1x",
                "1f",
                "1d",
                "NaN",
                "Infinity",
                "0x1p3",
                "1 2",
                "1,5",
                "1.2.3",
                "--1",
                "e5"
            })
    void whatIsNoNumberIsNaN(String text) {
        assertThat(parse(text)).isNaN();
    }

    @Test
    void randomNumbersAreWhatTheJdkReads() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 200_000; i++) {
            double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(8));
            String text = String.format(Locale.ROOT, "%." + random.nextInt(12) + "f", value);

            assertThat(parse(text)).as(text).isEqualTo(Float.parseFloat(text));
        }
    }
}
