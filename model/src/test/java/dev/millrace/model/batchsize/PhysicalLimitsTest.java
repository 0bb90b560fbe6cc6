package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhysicalLimitsTest {
    private static final ControllerSettings SETTINGS = ControllerSettings.recommended(new BatchSizeBounds(1, 4096));
    private static final StepTimeModel.Fit TIME = new StepTimeModel.Fit(0.020, 0.00001, 0); // r = 2000
    private static final StepTimeModel.Fit UNKNOWN = new StepTimeModel.Fit(Double.NaN, Double.NaN, 0);

    @ParameterizedTest
    @CsvSource({"2500, 0.020, 0.00001, 65", "1000, 0.005, 0.00005, 7", "20000, 0.005, 0.00005, Infinity"})
    void theFloorKeepsUpWithTheArrivals(double arrivalRate, double a, double b, double expected) {
        assertThat(PhysicalLimits.floor(arrivalRate, new StepTimeModel.Fit(a, b, 0), 0.8))
                .isEqualTo(expected);
    }

    @Test
    void whatIsUnknownDoesNotLimit() {
        assertThat(PhysicalLimits.floor(Double.NaN, TIME, 0.8)).isZero();
        assertThat(PhysicalLimits.floor(2500, UNKNOWN, 0.8)).isZero();
        PhysicalLimits limits = PhysicalLimits.of(SETTINGS.withMaxAge(1), Double.NaN, UNKNOWN, 0, 16);
        assertThat(limits.upper()).isEqualTo(4096);
        assertThat(limits.size(5000, 1)).isEqualTo(4096);
        assertThat(limits.binding(5000)).isEqualTo(Bound.MEMORY);
    }

    @Test
    void anAgeLimitEndsTheBatchEarly() {
        // (0.52 - 0.02) / (1 / 2500 + 0.00001) = 1219.5
        PhysicalLimits limits = PhysicalLimits.of(SETTINGS.withMaxAge(0.52), 2500, TIME, 65, 65);

        assertThat(limits.upper()).isEqualTo(1219);
        assertThat(limits.binding(2000)).isEqualTo(Bound.AGE);
        assertThat(limits.binding(1219.4)).isEqualTo(Bound.NONE);
        assertThat(limits.binding(64.4)).isEqualTo(Bound.FLOOR);
        assertThat(limits.isAlarm()).isFalse();
    }

    @Test
    void aLargerBatchIsUselessOnceRoundsAreCheap() {
        PhysicalLimits limits = PhysicalLimits.of(SETTINGS, 100, new StepTimeModel.Fit(0.002, 0.0001, 0), 1, 16);

        assertThat(limits.upper()).isEqualTo(200);
        assertThat(limits.binding(300)).isEqualTo(Bound.SYNC);
        assertThat(PhysicalLimits.of(SETTINGS, 100, new StepTimeModel.Fit(0, 0.0001, 0), 1, 16)
                        .upper())
                .isEqualTo(16);
    }

    @Test
    void overloadTakesTheLargestAndRaisesTheAlarm() {
        StepTimeModel.Fit time = new StepTimeModel.Fit(0.005, 0.00005, 0); // r = 100
        double floor = PhysicalLimits.floor(20000, time, 0.8);

        PhysicalLimits limits = PhysicalLimits.of(SETTINGS, 20000, time, floor, 16);

        assertThat(limits.isAlarm()).isTrue();
        assertThat(limits.size(16, 1)).isEqualTo(1000);
        assertThat(limits.binding(16)).isEqualTo(Bound.SYNC);
    }

    @Test
    void aFloorAboveTheUpperBoundWinsUpToMemory() {
        ControllerSettings fresh = SETTINGS.withMaxAge(0.03); // 0.01 / (1/5000 + 1/100000): 47 samples

        PhysicalLimits above = PhysicalLimits.of(fresh, 5000, TIME, 134, 134);
        PhysicalLimits beyondMemory = PhysicalLimits.of(fresh, 5000, TIME, 9000, 134);

        assertThat(above.upper()).isEqualTo(47);
        assertThat(above.size(16, 1)).isEqualTo(134);
        assertThat(above.size(4000, 1)).isEqualTo(134);
        assertThat(above.isAlarm()).isTrue();
        assertThat(above.binding(16)).isEqualTo(Bound.FLOOR);
        assertThat(beyondMemory.size(16, 1)).isEqualTo(4096);
    }

    @Test
    void agesThatNoBatchMeetsStillLeaveOneSample() {
        assertThat(PhysicalLimits.of(SETTINGS.withMaxAge(0.001), 5000, TIME, 0, 16)
                        .upper())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        " 100,    1, 32,   96", // nearest multiple
        " 112,    1, 32,  128", // halves go up
        "   3,    1, 32,   32", // at least one of each worker
        "4096,    1, 100, 4000", // not beyond the upper bound
        "  90,   90, 64,  128", // not below the floor
        "2000, 2000, 4096, 4096",
        "5000, 4090, 1000, 4096" // no multiple between: the limit
    })
    void roundsToMultiplesWhereALimitAllowsIt(double size, double floor, int quantum, int expected) {
        assertThat(new PhysicalLimits(floor, 4096, Bound.MEMORY, false, 4096).size(size, quantum))
                .isEqualTo(expected);
    }
}
