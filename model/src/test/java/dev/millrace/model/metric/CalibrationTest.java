package dev.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CalibrationTest {

    @Test
    void probabilitiesThatComeTrueAsOftenAsTheySayHaveLittleError() {
        SplittableRandom random = new SplittableRandom(3);
        Calibration honest = new Calibration();
        Calibration boastful = new Calibration();
        for (int i = 0; i < 100_000; i++) {
            double truth = random.nextDouble();
            boolean cameTrue = random.nextDouble() < truth;
            honest.add((float) truth, cameTrue, 0, 1);
            boastful.add((float) Math.sqrt(truth), cameTrue, 0, 1);
        }

        // A bin's share of n = 6,667 has a standard deviation of at most 0.5 / sqrt(n) = 0.006, and their mean less.
        assertThat(honest.error()).isLessThan(0.006);
        // E |sqrt(p) - p| = 2/3 - 1/2; bins smooth nothing away, as all errors have one sign.
        assertThat(boastful.error()).isCloseTo(1.0 / 6, within(0.006));
        assertThat(boastful.claimed()).isGreaterThan(boastful.happened());
    }

    @Test
    void errorsOfDifferentSignInDifferentBinsDoNotCancel() {
        Calibration calibration = new Calibration();
        calibration.add(0.25f, true, 0.5625, 1);
        calibration.add(0.75f, false, 0.5625, 1);

        assertThat(calibration.claimed()).isEqualTo(calibration.happened());
        assertThat(calibration.error()).isEqualTo(0.75);
        assertThat(calibration.brierScore()).isEqualTo(0.5625);
    }

    @Test
    void theEndsOfTheScaleHaveBins() {
        Calibration calibration = new Calibration();
        calibration.add(1f, true, 0, 1);
        calibration.add(0f, false, 0, 1);

        assertThat(calibration.error()).isZero();
    }

    @Test
    void fadingKeepsTheRatios() {
        Calibration calibration = new Calibration();
        calibration.add(0.75f, true, 0.0625, 4);

        calibration.fade(0.5);

        assertThat(calibration.error()).isEqualTo(0.25); // powers of two are exact
        assertThat(calibration.brierScore()).isEqualTo(0.0625);
    }
}
