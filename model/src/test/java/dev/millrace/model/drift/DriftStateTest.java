package dev.millrace.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** States of another configuration, of another version, and damaged ones. */
class DriftStateTest {

    @ParameterizedTest
    @EnumSource(DriftKind.class)
    void theStateOfAnotherKindIsReplacedAndOnlyItsCountGoesOn(DriftKind kind) {
        DriftKind other = kind == DriftKind.ADWIN ? DriftKind.KSWIN : DriftKind.ADWIN;
        DriftDetector written = DriftDetectors.create(DriftSettings.of(other));
        Streams.fires(written, Streams.values("shares", "100@0.2", 1));
        written.observe(Double.NaN);

        DriftDetector restored = DriftDetectors.restore(DriftSettings.of(kind), written.state());

        assertThat(restored.ignored()).isEqualTo(1);
        DriftDetector fresh = DriftDetectors.create(DriftSettings.of(kind));
        fresh.observe(Double.NaN);
        assertThat(restored.state()).containsExactly(fresh.state());
    }

    @Test
    void aStateOfAnotherShapeIsReplaced() {
        DriftSettings before = DriftSettings.of(DriftKind.KSWIN);
        DriftSettings after = new DriftSettings(
                DriftKind.KSWIN,
                before.pageHinkley(),
                before.adwin(),
                before.ddm(),
                new Kswin.Constants(0.005, 200, 30, 42));
        DriftDetector written = DriftDetectors.create(before);
        Streams.fires(written, Streams.values("shares", "100@0.2", 1));

        assertThat(DriftDetectors.restore(after, written.state()).state())
                .containsExactly(DriftDetectors.create(after).state());
    }

    @ParameterizedTest
    @EnumSource(DriftKind.class)
    void aDamagedStateIsRefusedAndNothingElseIsThrown(DriftKind kind) {
        DriftSettings settings = DriftSettings.of(kind);
        DriftDetector written = DriftDetectors.create(settings);
        Streams.fires(written, Streams.values("shares", "100@0.2", 1));
        double[] state = written.state();

        for (int length = 0; length < state.length; length++) {
            double[] cut = Arrays.copyOf(state, length);
            assertThatThrownBy(() -> DriftDetectors.restore(settings, cut))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Drift detector's state is damaged: it has " + length);
            if (length < FiniteLossDetector.HEADER) continue;
            cut[2] = length; // as if it had been written so short
            assertThatThrownBy(() -> DriftDetectors.restore(settings, cut))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Drift detector's state is damaged: ");
        }
        for (int i = 0; i < state.length; i++) {
            for (double wrong : new double[] {-1, 0.5, 1e300, Double.NaN}) {
                double[] changed = state.clone();
                changed[i] = wrong;
                assertThatCode(() -> restoreOrRefuse(settings, changed)).doesNotThrowAnyException();
            }
        }
    }

    private static void restoreOrRefuse(DriftSettings settings, double[] state) {
        try {
            DriftDetectors.restore(settings, state).observe(1);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("Drift detector's state");
        }
    }

    @Test
    void aNewerFormatIsRefusedByName() {
        double[] state = DriftDetectors.create(DriftSettings.DEFAULT).state();
        state[0] = 2;

        assertThatThrownBy(() -> DriftDetectors.restore(DriftSettings.DEFAULT, state))
                .hasMessage("Drift detector's state has format 2.0; this version reads format 1");
    }

    /** A state of format 1 as it stands in checkpoints; it has to be readable for ever. */
    @Test
    void theFirstFormatStaysReadable() {
        double[] pageHinkley = {1, 1, 9, 7, 40, 0.33, 0.5, 0.01, 3.25};

        DriftDetector detector = DriftDetectors.restore(DriftSettings.DEFAULT, pageHinkley);

        assertThat(detector.state()).containsExactly(pageHinkley);
        assertThat(detector.ignored()).isEqualTo(7);
        assertThat(detector.observe(100)).isFalse(); // 3.25 + 7.5
        assertThat(detector.observe(100)).isTrue();
    }
}
