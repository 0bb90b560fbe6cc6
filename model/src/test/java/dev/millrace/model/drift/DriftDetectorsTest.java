package dev.millrace.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DriftDetectorsTest {

    @Test
    void everyKindHasItsDetectorAndPageHinkleyIsTheDefault() {
        assertThat(DriftDetectors.create(DriftSettings.DEFAULT)).isInstanceOf(PageHinkley.class);
        assertThat(DriftDetectors.create(DriftSettings.of(DriftKind.ADWIN))).isInstanceOf(Adwin.class);
        assertThat(DriftDetectors.create(DriftSettings.of(DriftKind.DDM))).isInstanceOf(Ddm.class);
        assertThat(DriftDetectors.create(DriftSettings.of(DriftKind.KSWIN))).isInstanceOf(Kswin.class);
        assertThat(DriftDetectors.create(DriftSettings.of(DriftKind.NONE))).isInstanceOf(NoDetector.class);
    }

    @Test
    void theDefaultsAreThoseOfTheDesign() {
        assertThat(DriftSettings.DEFAULT)
                .isEqualTo(new DriftSettings(
                        DriftKind.PAGE_HINKLEY,
                        new PageHinkley.Constants(0.5, 12, 0.99, 30),
                        new Adwin.Constants(0.002, 32, 5, 1),
                        new Ddm.Constants(2, 3, 30),
                        new Kswin.Constants(0.005, 100, 30, 42)));
    }

    @Test
    void constantsOutOfRangeAreNamed() {
        refused(() -> new PageHinkley.Constants(-1, 12, 0.99, 30), "page-hinkley.tolerance must be in [0, 8)", "-1.0");
        refused(() -> new PageHinkley.Constants(0.5, 0, 0.99, 30), "page-hinkley.threshold must be in (0, 1e9)", "0.0");
        refused(() -> new PageHinkley.Constants(0.5, 12, 1, 30), "page-hinkley.decay must be in (0, 1)", "1.0");
        refused(() -> new PageHinkley.Constants(0.5, 12, 0.99, 1), "page-hinkley.warmup must be >= 2", "1");
        refused(() -> new Adwin.Constants(Double.NaN, 32, 5, 1), "adwin.delta must be in (0, 1)", "NaN");
        refused(() -> new Adwin.Constants(0.002, 0, 5, 1), "adwin.clock must be >= 1", "0");
        refused(() -> new Adwin.Constants(0.002, 32, 1, 1), "adwin.buckets must be in 2..1000", "1");
        refused(() -> new Adwin.Constants(0.002, 32, 5, 0), "adwin.range must be in (0, 1e9)", "0.0");
        refused(() -> new Ddm.Constants(0, 3, 30), "ddm.warning must be > 0", "0.0");
        refused(() -> new Ddm.Constants(2, 2, 30), "ddm.drift must be in (ddm.warning (2.0), 1e9)", "2.0");
        refused(() -> new Ddm.Constants(2, 3, 0), "ddm.minimum must be >= 2", "0");
        refused(() -> new Kswin.Constants(1, 100, 30, 1), "kswin.alpha must be in (0, 1)", "1.0");
        refused(() -> new Kswin.Constants(0.005, 100, 501, 1), "kswin.statistic must be in 2..500", "501");
        refused(() -> new Kswin.Constants(0.005, 59, 30, 1), "kswin.window must be in 60..1000000", "59");
    }

    private static void refused(ThrowingCallable making, String what, String received) {
        assertThatThrownBy(making)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("drift." + what + ". Received: " + received);
    }
}
