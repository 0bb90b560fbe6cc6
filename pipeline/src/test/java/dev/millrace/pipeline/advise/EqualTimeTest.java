package dev.millrace.pipeline.advise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EqualTimeTest {
    private static final Timing ONE = new Timing(1, 1_000, 1);
    private static final Timing TEN = new Timing(10, 5_000, 1);
    private static final Timing SIXTEEN = new Timing(16, 4_000, 1);

    @Test
    void everySizeHasTheTimeThatTheFastestNeedsForNineTenths() {
        EqualTime equal = EqualTime.of(List.of(ONE, TEN, SIXTEEN), 1_000);

        assertThat(equal.heldOut()).isEqualTo(900);
        assertThat(equal.seconds()).isEqualTo(0.18); // 900 of 5,000 a second
    }

    @Test
    void eachGetsThroughTheWholeStepsThatFit() {
        EqualTime equal = EqualTime.of(List.of(ONE, TEN, SIXTEEN), 1_000);

        assertThat(equal.samples(ONE)).isEqualTo(180);
        assertThat(equal.samples(TEN)).isEqualTo(900);
        assertThat(equal.samples(SIXTEEN)).isEqualTo(45 * 16); // 45 steps at 250 a second
    }

    @Test
    void whatIsHeldOutIsNeverLearntFrom() {
        Timing seven = new Timing(7, 70_000, 1);
        EqualTime equal = EqualTime.of(List.of(seven), 100);

        assertThat(equal.samples(seven)).isEqualTo(84); // 12 steps; a 13th would reach sample 91 of 90
    }

    @Test
    void aSizeThatHasNoTimeForAStepLearnsNothing() {
        Timing slow = new Timing(64, 64, 1);
        EqualTime equal = EqualTime.of(List.of(TEN, slow), 1_000);

        assertThat(equal.samples(slow)).isZero();
    }
}
