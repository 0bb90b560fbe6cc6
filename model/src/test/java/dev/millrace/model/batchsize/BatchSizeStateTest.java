package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BatchSizeStateTest {
    private static final BatchSizeController CONTROLLER = BatchSizeController.of(AnnealedProgress.RECOMMENDED);

    @Test
    void comesBackFromAnArrayWithEveryNumber() {
        BatchSizeState state = CONTROLLER.init();
        for (int k = 0; k < 40; k++) {
            state = CONTROLLER.observe(state, Readings.of(512, 800, 2, 1, 1).withTiming(0.03, 2500, 5000));
        }
        state = CONTROLLER.observe(state, StepReading.ofLoss(16, Double.NaN));

        BatchSizeState back = BatchSizeState.fromArray(state.toArray());

        assertThat(back.toArray()).containsExactly(state.toArray());
        assertThat(back.faults()).isEqualTo(1);
        assertThat(back.reason()).isEqualTo("step was not finite");
        assertThat(back.decision().regime()).isEqualTo(Regime.CATCH_UP);
    }

    @Test
    void theNumbersAreACopy() {
        BatchSizeState state = CONTROLLER.init();
        double[] numbers = state.toArray();
        numbers[3] = 77;

        assertThat(state.toArray()[3]).isEqualTo(16);
    }

    @Test
    void theFormatIsVersionTwoWithTheseNumbers() {
        // format, policy, memory, decision 10, averages 6, loss 8, time 123, regime 2, faults 3, memory 1
        double[] numbers = CONTROLLER.init().toArray();

        assertThat(numbers).hasSize(3 + 10 + 6 + 8 + 123 + 2 + 3 + 1);
        assertThat(numbers).startsWith(2, "annealed".hashCode(), 1, 16, 16);
    }

    @Test
    void whatIsNotOfThisFormatIsRefused() {
        double[] numbers = CONTROLLER.init().toArray();

        assertThatThrownBy(() -> BatchSizeState.fromArray(new double[0]))
                .hasMessage("batch-size state: this release reads formats 1 and 2. Received: nothing");
        assertThatThrownBy(() -> BatchSizeState.fromArray(with(numbers, 0, 3)))
                .hasMessage("batch-size state: this release reads formats 1 and 2. Received: 3.0");
        assertThatThrownBy(() -> BatchSizeState.fromArray(with(numbers, 2, 5)))
                .hasMessage("batch-size state: must have 155 numbers and the policy's memory. Received: 156");
        assertThatThrownBy(() -> BatchSizeState.fromArray(with(numbers, 8, 9)))
                .hasMessage(
                        "Regime must have a code in 0..1. Received: 9.0. A newer release wrote it, or it is damaged.");
    }

    @Test
    void ofFormatOneTheBatchSizeStays() {
        double[] numbers = new double[39];
        System.arraycopy(CONTROLLER.init().toArray(), 0, numbers, 0, 13);
        numbers[0] = 1;
        numbers[3] = 640;

        BatchSizeState state = CONTROLLER.resume(BatchSizeState.fromArray(numbers));

        assertThat(BatchSizeState.fromArray(numbers).batchSize()).isEqualTo(640);
        assertThat(state.reason()).isEqualTo("start");
    }

    /** A checkpoint knows the constants by their codes. */
    @Test
    void theCodesOfTheCheckpointStayWhatTheyAre() {
        assertThat(Regime.values()).extracting(Enum::name).containsExactly("LIVE", "CATCH_UP");
        assertThat(Bound.values()).extracting(Enum::name).containsExactly("NONE", "FLOOR", "MEMORY", "AGE", "SYNC");
        for (Codes.Coded[] codes : new Codes.Coded[][] {Regime.values(), Bound.values(), Reason.values()}) {
            for (int place = 0; place < codes.length; place++)
                assertThat(codes[place].code()).isEqualTo(place);
        }
        assertThat(Reason.values())
                .extracting(Reason::words)
                .startsWith(
                        "start",
                        "fixed",
                        "drift",
                        "cold start",
                        "annealing",
                        "scheduled",
                        "best progress",
                        "loss is rising",
                        "growth limit",
                        "no estimate yet",
                        "gradient below its noise",
                        "noise scale",
                        "within dead band",
                        "no step time yet",
                        "best goodput",
                        "first windows",
                        "loss is falling",
                        "resting after growth",
                        "loss may have settled",
                        "at batch.max",
                        "loss has settled",
                        "step was not finite",
                        "parameters travel",
                        "parameters have settled")
                .doesNotHaveDuplicates();
    }

    private static double[] with(double[] numbers, int at, double value) {
        double[] changed = numbers.clone();
        changed[at] = value;
        return changed;
    }
}
