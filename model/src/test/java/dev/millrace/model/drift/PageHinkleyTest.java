package dev.millrace.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageHinkleyTest {

    /** The vectors of the design; the second and third were worked by hand: 9 * 1.5 = 13.5 and 4 * 3.5 = 14 are above 12. */
    @ParameterizedTest(name = "ten zeros, then {0} for ever: observation {1}")
    @CsvSource({"0, -1", "2, 19", "4, 14"})
    void theSumFiresAtTheObservationOfTheVectors(double shifted, int expected) {
        PageHinkleySum sum = new PageHinkleySum(0.5, 12);

        int fired = -1;
        for (int t = 1; t <= 100_000 && fired < 0; t++) if (sum.add(t <= 10 ? 0 : shifted)) fired = t;

        assertThat(fired).isEqualTo(expected);
    }

    @Test
    void theSumIsTheOneOfTheArticleWithItsMinimum() {
        SplittableRandom random = new SplittableRandom(1);
        PageHinkleySum sum = new PageHinkleySum(0.5, 1e6);
        double m = 0;
        double min = 0;

        for (int t = 0; t < 1000; t++) {
            double z = Streams.normal(0, random);
            m += z - 0.5;
            min = Math.min(min, m);
            sum.add(z);

            assertThat(sum.aboveMinimum()).isCloseTo(m - min, within(1e-9)); // rounding of numbers up to 500
        }
    }

    @Test
    void anEvidenceOfExactlyTheThresholdIsNotYetADrift() {
        PageHinkleySum sum = new PageHinkleySum(0.5, 12);

        for (int t = 0; t < 8; t++) assertThat(sum.add(2)).isFalse(); // 8 * 1.5 = 12

        assertThat(sum.add(2)).isTrue();
    }

    /** Worked by hand with decay 1/2 and the values 1, 3, 2: means 1, 7/3, 15/7; variances none, 4, 38/27. */
    @Test
    void theReferenceIsBiasCorrected() {
        RunningReference reference = new RunningReference(0.5);
        reference.add(1);
        reference.add(3);

        assertThat(reference.standardize(7.0 / 3 + 2)).isCloseTo(1, within(1e-15));

        reference.add(2); // variance 4 + (1/2)/(3/4) * (1/9 - 4), mean 7/3 - (1/2)/(7/8) / 3

        double sd = Math.sqrt(38.0 / 27);
        assertThat(reference.standardize(15.0 / 7 + 3 * sd)).isCloseTo(3, within(1e-14));
    }

    @Test
    void nothingIsDecidedBeforeTheWarmupIsOver() {
        double[] values = new double[40];
        Arrays.setAll(values, t -> t < 20 ? t % 2 : 1000);
        double[] late = new double[40];
        Arrays.setAll(late, t -> t < 30 ? t % 2 : 1000);

        assertThat(Streams.fires(new PageHinkley(PageHinkley.Constants.DEFAULT), values))
                .isEmpty();
        assertThat(Streams.fires(new PageHinkley(PageHinkley.Constants.DEFAULT), late))
                .containsExactly(33); // 7.5, then 4.4 and more as the reference has seen the first
    }

    @Test
    void oneWildMicroBatchIsNotADrift() {
        double[] values = Streams.values("noise", "500@0 500@0", 2);
        values[500] = 1e6;

        assertThat(Streams.fires(new PageHinkley(PageHinkley.Constants.DEFAULT), values))
                .isEmpty();
    }

    @Test
    void theDecisionDoesNotDependOnTheUnitOfTheLoss() {
        double[] values = Streams.values("noise", "300@50 100@53", 7);
        double[] scaled = Arrays.stream(values).map(x -> Math.scalb(x, -20)).toArray();

        assertThat(Streams.fires(new PageHinkley(PageHinkley.Constants.DEFAULT), scaled))
                .isEqualTo(Streams.fires(new PageHinkley(PageHinkley.Constants.DEFAULT), values))
                .hasSize(1);
    }

    @Test
    void aSlowRiseIsFollowedAndNotADrift() {
        double[] values = Streams.values("noise", "5000@0", 8);
        Arrays.setAll(values, t -> values[t] + 0.002 * t); // 10 sd in all, 0.2 within the memory of the reference

        assertThat(Streams.fires(new PageHinkley(PageHinkley.Constants.DEFAULT), values))
                .isEmpty();
    }
}
