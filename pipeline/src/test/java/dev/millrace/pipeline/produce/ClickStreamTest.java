package dev.millrace.pipeline.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.pipeline.dataset.Example;
import org.junit.jupiter.api.Test;

class ClickStreamTest {

    @Test
    void shouldGiveTheSameStreamForTheSameSeed() {
        ClickStream first = new ClickStream(7, 50);
        ClickStream second = new ClickStream(7, 50);
        Example a = new Example();
        Example b = new Example();

        for (int i = 0; i < 200; i++) {
            first.next(a);
            second.next(b);

            assertThat(a.features).isEqualTo(b.features);
            assertThat(a.labels).isEqualTo(b.labels);
        }
    }

    @Test
    void shouldGiveAnotherStreamForAnotherSeed() {
        Example a = new Example();
        Example b = new Example();

        new ClickStream(7, 0).next(a);
        new ClickStream(8, 0).next(b);

        assertThat(a.features).isNotEqualTo(b.features);
    }

    @Test
    void shouldLabelAsOftenAsItsTeacherSays() {
        ClickStream clicks = new ClickStream(3, 0);
        Example example = new Example();
        int samples = 20_000;
        double expected = 0;
        double clicked = 0;

        for (int i = 0; i < samples; i++) {
            clicks.next(example);
            expected += clicks.probability(example.features);
            clicked += example.labels[0];
        }

        // Standard error of the mean of 20,000 labels is at most 0.0036: four of them.
        assertThat(clicked / samples).isCloseTo(expected / samples, within(0.0145));
    }

    @Test
    void shouldDrawTheTeacherAnewAtADrift() {
        ClickStream clicks = new ClickStream(3, 10);
        Example example = new Example();
        float[] probe = new float[ClickStream.FEATURES];
        probe[0] = 1;
        double before = clicks.probability(probe);

        for (int i = 0; i < 10; i++) clicks.next(example);
        assertThat(clicks.probability(probe)).isEqualTo(before);
        clicks.next(example);

        assertThat(clicks.probability(probe)).isNotEqualTo(before);
    }

    @Test
    void shouldRefuseANegativeDistanceBetweenDrifts() {
        assertThatThrownBy(() -> new ClickStream(1, -1)).hasMessageContaining("Received: -1");
    }
}
