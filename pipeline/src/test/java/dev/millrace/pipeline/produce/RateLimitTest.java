package dev.millrace.pipeline.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    private static final long MILLISECOND = 1_000_000;

    private final AtomicLong clock = new AtomicLong(-5);

    @Test
    void shouldLetTurnsPassUntilTheyAreAMillisecondAhead() {
        RateLimit rate = new RateLimit(2000, clock::get); // one turn in 0.5 ms

        rate.await();
        rate.await();

        assertThat(rate.delay()).isEqualTo(MILLISECOND);
    }

    @Test
    void shouldCatchUpAfterAPause() {
        RateLimit rate = new RateLimit(10, clock::get);
        rate.await();
        clock.addAndGet(1_000 * MILLISECOND);

        for (int turn = 0; turn < 10; turn++) rate.await();

        assertThat(rate.delay()).isEqualTo(100 * MILLISECOND);
    }

    @Test
    void shouldNeverWaitWithoutALimit() {
        RateLimit rate = new RateLimit(0, clock::get);

        for (int turn = 0; turn < 1000; turn++) rate.await();

        assertThat(rate.delay()).isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN})
    void shouldRefuseARateThatIsNone(double perSecond) {
        assertThatThrownBy(() -> new RateLimit(perSecond, clock::get))
                .hasMessage("--rate must be >= 0. Received: " + perSecond);
    }
}
