package dev.millrace.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every detector. */
class DriftDetectorContractTest {

    @ParameterizedTest
    @EnumSource(DriftKind.class)
    void restoredAtAnyStepTheFutureIsThatOfAnUninterruptedRunBitForBit(DriftKind kind) {
        DriftSettings settings = DriftSettings.of(kind);
        double[] values = Streams.values("shares", "300@0.2 200@0.6 200@0.3 200@0.9", 3);
        DriftDetector whole = DriftDetectors.create(settings);
        List<Integer> expected = Streams.fires(whole, values);
        assumeThat(kind == DriftKind.NONE || !expected.isEmpty()).isTrue();

        DriftDetector restored = DriftDetectors.create(settings);
        for (int cut = 0; cut < values.length; cut++) {
            restored = DriftDetectors.restore(settings, restored.state()); // at every single step
            assertThat(restored.observe(values[cut])).isEqualTo(expected.contains(cut + 1));
        }
        assertThat(restored.state()).containsExactly(whole.state());
    }

    @ParameterizedTest
    @EnumSource(DriftKind.class)
    void aStateIsAValueThatLaterObservationsDoNotChange(DriftKind kind) {
        double[] values = Streams.values("shares", "150@0.2", 4);
        DriftDetector detector = DriftDetectors.create(DriftSettings.of(kind));
        Streams.fires(detector, values);
        double[] state = detector.state();
        double[] copy = state.clone();

        Streams.fires(detector, values);
        Streams.fires(DriftDetectors.restore(DriftSettings.of(kind), state), values);

        assertThat(state).containsExactly(copy);
    }

    @ParameterizedTest
    @EnumSource(DriftKind.class)
    void valuesThatAreNotFiniteAreIgnoredAndCounted(DriftKind kind) {
        double[] values = Streams.values("shares", "200@0.2 200@0.6", 5);
        DriftDetector clean = DriftDetectors.create(DriftSettings.of(kind));
        DriftDetector dirty = DriftDetectors.create(DriftSettings.of(kind));
        double[] wrong = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e39, -Double.MAX_VALUE};

        for (int t = 0; t < values.length; t++) {
            assertThat(dirty.observe(wrong[t % wrong.length])).isFalse();
            assertThat(dirty.observe(values[t])).isEqualTo(clean.observe(values[t]));
        }

        assertThat(clean.ignored()).isZero();
        assertThat(dirty.ignored()).isEqualTo(400);
        assertThat(DriftDetectors.restore(DriftSettings.of(kind), dirty.state()).ignored())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource(DriftKind.class)
    void aNoiselessLossThatIsConstantOrFallsIsNeverADrift(DriftKind kind) {
        List<IntToDoubleFunction> losses = List.of(
                t -> 0,
                t -> 0.1,
                t -> -3,
                t -> 1e-30,
                t -> 1e30,
                t -> 1 / 3.0,
                t -> 1 - t / 10_000.0,
                t -> Math.exp(-t / 300.0),
                t -> 0.3 + Math.exp(-t / 100.0),
                t -> t < 5000 ? 1 : 0.1,
                t -> t < 40 ? 1 : 0.7,
                t -> 3 - t / 1000,
                t -> 1 / Math.sqrt(1 + t),
                t -> (float) (0.69 + 1.0 / (1 + t)));
        for (int i = 0; i < losses.size(); i++) {
            double[] values =
                    IntStream.range(0, 20_000).mapToDouble(losses.get(i)).toArray();

            List<Integer> fires = Streams.fires(DriftDetectors.create(DriftSettings.of(kind)), values);

            assertThat(fires).as("loss %d", i).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = DriftKind.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void onlyARiseOfTheLossIsADriftAndItIsOne(DriftKind kind) {
        int rises = 0;
        int falls = 0;
        for (long seed = 0; seed < 40; seed++) {
            double[] quiet = Streams.values("shares", "250@0.5", seed);
            double[] rise = Streams.values("shares", "250@0.5 150@0.9", seed);
            double[] fall = Streams.values("shares", "250@0.5 150@0.1", seed);
            if (!Streams.fires(DriftDetectors.create(DriftSettings.of(kind)), quiet)
                    .isEmpty()) continue;

            int found = Streams.fires(DriftDetectors.create(DriftSettings.of(kind)), rise)
                    .size();
            assertThat(found).as("seed %d", seed).isPositive();
            if (found == 1) rises++;
            falls += Streams.fires(DriftDetectors.create(DriftSettings.of(kind)), fall)
                    .size();
        }

        assertThat(rises).isGreaterThanOrEqualTo(25); // one shift is one drift: the reset forgets what was before
        assertThat(falls).isLessThanOrEqualTo(1); // KSWIN's false alarm in a thousand
    }

    @ParameterizedTest
    @EnumSource(value = DriftKind.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void afterADriftTheDetectorIsAsNewAndFindsTheNextOne(DriftKind kind) {
        DriftDetector detector = DriftDetectors.create(DriftSettings.of(kind));
        double[] rise = Streams.values("shares", "200@0.2 200@0.6", 5);
        int first = Streams.fires(detector, rise).get(0);
        DriftDetector other = DriftDetectors.create(DriftSettings.of(kind));
        for (int t = 0; t < first; t++) other.observe(rise[t]);

        SplittableRandom random = new SplittableRandom(9);
        List<Integer> next = Streams.fires(
                other,
                IntStream.range(0, 400)
                        .mapToDouble(t -> (t < 200 ? 0.6 : 0.9) + 0.05 * Streams.normal(0, random))
                        .toArray());

        assertThat(next.get(0)).isBetween(200, 400);
    }
}
