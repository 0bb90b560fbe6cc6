package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegimeWatchTest {
    private static final double BACKLOG = 1e9;

    /** Lags at batch size 100 and 1000 arrivals a second in; L live, C catch-up out. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a backlog,            500 500 500 500,         LLCC",
        "a short backlog,      500 500 50 500 500 500,  LLLLLC",
        "exactly two batches,  200 200 200 200,         LLLL",
        "between the limits,   500 500 500 150 150 100, LLCCCC",
        "below one batch,      500 500 500 99 500,      LLCLL",
        "unknown while live,   500 500 NaN 500 500,     LLLLL",
        "unknown in catch-up,  500 500 500 NaN -1 99,   LLCCCL",
        "infinite is unknown,  Infinity Infinity Infinity, LLL"
    })
    void regimeAfterEachDecision(String name, String lags, String expected) {
        RegimeWatch watch = RegimeWatch.LIVE;
        StringBuilder regimes = new StringBuilder();

        for (String lag : lags.split(" ", -1)) {
            watch = watch.observe(Double.parseDouble(lag), 100, 1000);
            regimes.append(watch.regime() == Regime.LIVE ? 'L' : 'C');
        }

        assertThat(regimes).hasToString(expected);
    }

    @Test
    void aSecondOfArrivalsIsABacklogOnlyIfItIsABatch() {
        RegimeWatch slow = RegimeWatch.LIVE; // 10 a second, batches of 100: 60 wait for their batch to fill
        RegimeWatch behind = RegimeWatch.LIVE; // 100 a second: 150 are more than a second and a batch
        for (int i = 0; i < 3; i++) {
            slow = slow.observe(60, 100, 10);
            behind = behind.observe(150, 100, 100);
        }

        assertThat(slow.regime()).isEqualTo(Regime.LIVE);
        assertThat(behind.regime()).isEqualTo(Regime.CATCH_UP);
    }

    @Test
    void theRegimeSetsTheWorthOfARoundAndTheColdStart() {
        Regimes rules = Regimes.MEASURED;

        assertThat(rules.exchange(Regime.LIVE, 2000)).isZero();
        assertThat(rules.exchange(Regime.CATCH_UP, 2000)).isEqualTo(2000);
        assertThat(rules.exchange(Regime.CATCH_UP, Double.NaN)).isZero();
        assertThat(rules.coldStart(Regime.LIVE, 2000, BACKLOG, 1, 4096)).isEqualTo(16);
        assertThat(rules.coldStart(Regime.LIVE, 2000, BACKLOG, 65, 4096)).isEqualTo(65);
        assertThat(rules.coldStart(Regime.CATCH_UP, 2000, BACKLOG, 65, 4096)).isEqualTo(250);
        assertThat(rules.coldStart(Regime.CATCH_UP, Double.NaN, BACKLOG, 1, 4096))
                .isEqualTo(16);
        assertThat(rules.coldStart(Regime.CATCH_UP, 2000, BACKLOG, 65, 128)).isEqualTo(128);
    }

    @Test
    void aBacklogIsWorkedOffInAtLeast128StepsHoweverDearARound() {
        assertThat(Regimes.MEASURED.coldStart(Regime.CATCH_UP, 70_000, 120_000, 1, 4096))
                .isEqualTo(937.5);
        assertThat(Regimes.MEASURED.coldStart(Regime.CATCH_UP, 70_000, 500, 1, 4096))
                .isEqualTo(16);
    }

    @Test
    void aGivenExchangeRateHoldsInBothRegimes() {
        Regimes rules = new Regimes(64, false, 2000);

        assertThat(rules.exchange(Regime.LIVE, 40)).isEqualTo(2000);
        assertThat(rules.coldStart(Regime.CATCH_UP, 4000, BACKLOG, 512, 4096)).isEqualTo(64);
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new Regimes(0, true, Double.NaN))
                .hasMessage("cold-start batch size must be >= 1. Received: 0.0");
        assertThatThrownBy(() -> new Regimes(16, true, -1))
                .hasMessage("exchange must be >= 0 and finite, or NaN. Received: -1.0");
    }
}
