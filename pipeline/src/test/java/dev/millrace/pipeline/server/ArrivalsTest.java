package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long SECOND = 1_000_000_000;

    private final Arrivals arrivals = new Arrivals();

    @Test
    void nothingIsKnownBeforeASecondHasPassed() {
        arrivals.contributed(0, 1, 100, 50);
        arrivals.closed(SECOND);

        assertThat(arrivals.rate()).isNaN();
        assertThat(arrivals.lag()).isEqualTo(50);
    }

    @Test
    void whatWasTakenArrivedIfTheBacklogStayed() {
        arrivals.contributed(0, 1, 100, 50);
        arrivals.closed(SECOND);
        arrivals.contributed(0, 1, 3000, 50);
        arrivals.closed(3 * SECOND);

        assertThat(arrivals.rate()).isCloseTo(1500, within(1e-9));
    }

    @Test
    void aBacklogThatIsWorkedOffDidNotArriveNow() {
        arrivals.contributed(0, 1, 100, 10_000);
        arrivals.closed(SECOND);
        arrivals.contributed(0, 1, 8000, 3000);
        arrivals.closed(2 * SECOND);

        assertThat(arrivals.rate()).isCloseTo(1000, within(1e-9));
    }

    @Test
    void eachSecondsRateCountsForHalf() {
        arrivals.contributed(0, 1, 0, 0);
        arrivals.closed(SECOND);
        arrivals.contributed(0, 1, 1000, 0);
        arrivals.closed(2 * SECOND);
        arrivals.contributed(0, 1, 3000, 0);
        arrivals.closed(3 * SECOND);

        assertThat(arrivals.rate()).isCloseTo(2000, within(1e-9));
    }

    @Test
    void theLagIsThatOfAllWorkersAndUnknownUntilAllHaveTold() {
        arrivals.contributed(0, 2, 10, 30);
        assertThat(arrivals.lag()).isNaN();

        arrivals.contributed(1, 2, 10, 40);

        assertThat(arrivals.lag()).isEqualTo(70);
    }

    @Test
    void aSourceThatDoesNotKnowItsBacklogLeavesTheRateUnknown() {
        for (int second = 1; second < 5; second++) {
            arrivals.contributed(0, 1, 1000, -1);
            arrivals.closed(second * SECOND);
        }

        assertThat(arrivals.rate()).isNaN();
        assertThat(arrivals.lag()).isNaN();
    }
}
