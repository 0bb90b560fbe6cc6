package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The traces of the specification: its checkpoints, and every step of its reference controller (reference.py). */
class ControllerTraceTest {
    private static final Offset<Double> SIX_DIGITS = within(5.1e-7); // as printed on the page

    @ParameterizedTest(name = "{0} after {1} updates")
    @CsvSource({
        "R1,  64, 1024, 16, 16, .1",
        "R1,  65, 1040, 16.25, 16, .1",
        "R1, 100, 1651.612903, 25.806452, 26, .1",
        "R1, 200, 1651.612903, 25.806452, 26, .1",
        "R2,   1, 512, 16, 512, .8",
        "R2,   3, 1536, 24, 512, .8",
        "R2,  10, 5120, 80, 512, .33684211",
        "R2,  20, 8359.183673, 130.612245, 512, .22807018",
        "R2,  60, 8359.183673, 130.612245, 512, .22807018",
        "R3, 100, 1793, 28.015625, 28, .1",
        "R3, 150, 3891, 60.796875, 61, .1",
        "R3, 200, 7085, 110.703125, 64, .05781228",
        "R4,   9, 4608, 72, 72, .1",
        "R4,  50, 4608, 72, 72, .1",
        "R4, 100, 4608, 72, 72, .1",
        "R4, 101, 4212, 65.8125, 66, .1",
        "R4, 105, 2940.085800, 45.938841, 46, .1",
        "R4, 110, 1875.662004, 29.307219, 29, .1",
        "R4, 120, 1024, 16, 16, .1",
        "R5,  33, 2112, 66, 66, .1",
        "R5,  50, 3563, 111.34375, 111, .1",
        "R5,  80, 8968, 280.25, 280, .1",
        "R5, 120, 12800, 400, 400, .1",
        "R5, 200, 12800, 400, 400, .1",
        "R6, 100, 16516.129032, 258.064516, 258, .1",
        "R6, 104, 14864.516129, 232.258065, 232, .1",
        "R6, 110, 7899.613316, 123.431458, 123, .1",
        "R6, 120, 2754.424848, 43.037888, 43, .1",
    })
    void checkpointsAreThoseOfThePage(
            Traces trace, int k, double samples, double statistical, int batchSize, double rate) {
        BatchSizeState state = trace.states().get(k);

        assertThat(state.memory[0]).isCloseTo(samples, SIX_DIGITS);
        assertThat(state.decision().statisticalSize()).isCloseTo(statistical, SIX_DIGITS);
        assertThat(state.batchSize()).isEqualTo(batchSize);
        assertThat(Traces.RATE * state.decision().learningRateFactor()).isCloseTo(rate, within(5.1e-9));
    }

    @ParameterizedTest(name = "{0} after {1} updates")
    @CsvSource({
        "R1, 100, .0625",
        "R2,  10, .280702",
        "R4, 101, .173805",
        "R5,  50, .106299",
        "R5,  80, .202381",
        "R5, 120, .25"
    })
    void curvaturesAreThoseOfThePage(Traces trace, int k, double u) {
        assertThat(trace.states().get(k).decision().curvature()).isCloseTo(u, SIX_DIGITS);
    }

    @ParameterizedTest(name = "R6 after {0} updates")
    @CsvSource({"100, .1812", "102, 1.5312", "103, 1.7717", "104, 2.3760"})
    void theLossRisesAsOnThePage(int k, double z) {
        assertThat(Traces.R6.states().get(k).lossRise()).isCloseTo(z, within(5.1e-5));
    }

    @Test
    void theNoiseScaleFollowsAsOnThePage() {
        assertThat(Traces.R4.states().get(101).decision().noiseScale()).isCloseTo(135.088136, SIX_DIGITS);
        assertThat(Traces.R6.states().get(130).batchSize()).isEqualTo(16);
    }

    @Test
    void everyStepIsThatOfTheReference() throws IOException {
        Map<Traces, List<BatchSizeState>> states = new EnumMap<>(Traces.class);
        for (Traces trace : Traces.values()) states.put(trace, trace.states());

        List<String> lines = reference();

        assertThat(lines).hasSize(373);
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            int k = Integer.parseInt(cells[1]);
            BatchSizeState state =
                    Objects.requireNonNull(states.get(Traces.valueOf(cells[0]))).get(k);
            BatchSizeDecision decision = state.decision();
            assertThat(state.memory[0]).as(line).satisfies(n -> close(n, cells[2]));
            assertThat(decision.statisticalSize()).as(line).satisfies(size -> close(size, cells[3]));
            assertThat(Integer.toString(decision.batchSize())).as(line).isEqualTo(cells[4]);
            assertThat(Traces.RATE * decision.learningRateFactor()).as(line).satisfies(rate -> close(rate, cells[5]));
            assertThat(decision.noiseScale()).as(line).satisfies(phi -> close(phi, cells[6]));
            if (k >= 10) assertThat(decision.curvature()).as(line).satisfies(u -> close(u, cells[7]));
            assertThat(state.lossRise()).as(line).satisfies(z -> close(z, cells[8]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void restoredAtAnyStepTheFutureIsTheSameBitForBit(Traces trace) {
        List<BatchSizeState> uninterrupted = trace.states();

        for (int cut = 0; cut <= trace.steps; cut++) {
            BatchSizeState state =
                    BatchSizeState.fromArray(uninterrupted.get(cut).toArray());
            BatchSizeController controller = trace.controller();
            for (int k = cut + 1; k <= trace.steps; k++) {
                state = controller.observe(state, trace.reading(k, state.batchSize()));
            }
            assertThat(state.toArray())
                    .as("cut after %d", cut)
                    .containsExactly(uninterrupted.get(trace.steps).toArray());
        }
    }

    /** Nine digits, and 1e-6 for what is zero but for rounding. */
    private static void close(double actual, String expected) {
        double value = Double.parseDouble(expected);
        if (Double.isNaN(value)) assertThat(actual).isNaN();
        else assertThat(actual).isCloseTo(value, within(Math.max(1e-9 * Math.abs(value), 1e-6)));
    }

    private static List<String> reference() throws IOException {
        try (InputStream in = ControllerTraceTest.class.getResourceAsStream("/batchsize/traces.csv")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
    }
}
