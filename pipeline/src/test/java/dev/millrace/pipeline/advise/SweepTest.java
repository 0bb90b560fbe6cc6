package dev.millrace.pipeline.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
    private static final int SAMPLES = 800;

    @TempDir
    Path directory;

    private TrainingConfig config;

    @BeforeEach
    void loadConfiguration() throws IOException {
        Path file = directory.resolve("training.yaml");
        Files.writeString(file, """
                model:
                  name: planes
                  inputs: 4
                  layers: [{dense: {units: 1, activation: sigmoid}}]
                  loss: binary_crossentropy
                learning-rate: 0.1
                kafka.bootstrap.servers: localhost:1
                source.topics: [samples]
                """);
        config = ConfigLoader.of(file).load();
    }

    @Test
    void everySizeIsMeasured() {
        Study study = run(new SweepSettings(List.of(1, 8, 32), List.of(), 2, 1), System::nanoTime);

        assertThat(study.samples()).isEqualTo(SAMPLES);
        assertThat(study.measurements()).extracting(Measurement::size).containsExactly(1, 8, 32);
        assertThat(study.measurements()).allSatisfy(m -> {
            assertThat(m.samplesPerSecond()).isPositive().isFinite();
            assertThat(m.timing().cores()).isNotNegative().isFinite();
            assertThat(m.loss().mean()).isBetween(0.0, 0.69); // better than not to learn: ln 2 = 0.693
            assertThat(m.timedLoss().mean()).isPositive().isFinite();
            assertThat(m.accuracy()).isBetween(0.6, 1.0);
            assertThat(m.timedSamples() % m.size()).isZero();
            assertThat(m.timedSamples()).isLessThanOrEqualTo(SAMPLES * 9 / 10);
            assertThat(m.rates()).hasSizeGreaterThanOrEqualTo(5).containsKey(0.1);
        });
        assertThat(study.measurements().get(0).noiseScale()).isNaN();
        assertThat(study.measurements().get(2).noiseScale()).isPositive();
        // 5 parameters twice, and (4 features + label + weight + 2 * 1 output) a sample, four bytes each
        assertThat(study.measurements()).extracting(Measurement::memoryBytes).containsExactly(72L, 296L, 1064L);
    }

    @Test
    void withoutLearningEveryLossIsThatOfTheInitialParameters() {
        SampleBatch samples = planes(new Random(7));
        Study study = Sweep.run(
                config, recent(samples), new SweepSettings(List.of(1, 50), List.of(1e-12), 2, 3), late(), share -> {});

        double initial;
        try (Learner learner = new Learner(config, ModelSpec.of(config.model()), samples)) {
            learner.begin(3, step -> 0);
            initial = learner.judge(0, SAMPLES).loss();
        }

        // float32 sums in another order
        assertThat(study.measurements())
                .allSatisfy(m -> assertThat(m.loss().mean()).isCloseTo(initial, offset(1e-5)));
    }

    @Test
    void theSameSeedGivesTheSameLosses() {
        SweepSettings settings = new SweepSettings(List.of(4, 16), List.of(0.1, 0.5), 2, 5);

        Study first = run(settings, late());
        Study second = run(settings, late());

        for (int i = 0; i < 2; i++) {
            assertThat(second.measurements().get(i).rates())
                    .isEqualTo(first.measurements().get(i).rates());
        }
    }

    @Test
    void withoutTimeForRepeatsThereIsOneRunOfEach() {
        Study study = run(new SweepSettings(List.of(4), List.of(), 2, 5), late());

        assertThat(study.measurements().get(0).loss().count()).isEqualTo(1);
        assertThat(study.measurements().get(0).rates()).hasSize(5);
    }

    @Test
    void aRateThatDivergesIsNotRecommended() {
        config = linear();

        Study study = run(new SweepSettings(List.of(4), List.of(0.01, 1e6), 2, 5), late());

        assertThat(study.measurements().get(0).learningRate()).isEqualTo(0.01);
        assertThat(Advice.of(study).text()).contains("divergence at", "learning-rate: 0.01");
    }

    @Test
    void whereEveryRateDivergesTheyAreNamed() {
        config = linear();

        assertThatThrownBy(() -> run(new SweepSettings(List.of(4), List.of(1e6), 2, 5), late()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must keep the parameters finite. Received: [1000000.0]");
    }

    @Test
    void sizesNeedFourStepsEach() {
        assertThatThrownBy(() -> run(new SweepSettings(List.of(1, 500), List.of(), 2, 5), late()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--sizes must be <= 200, a quarter of the samples. Received: 500");
    }

    @Test
    void aSingleClassIsRefused() {
        SampleBatch samples = planes(new Random(7));
        Arrays.fill(samples.labels(), 1);

        assertThatThrownBy(() -> Sweep.run(
                        config, recent(samples), new SweepSettings(List.of(), List.of(), 2, 1), late(), share -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the samples must have at least two classes. Received: all 800 of planes have the label 1.0");
    }

    /** Least squares, whose steps have no bound. */
    private TrainingConfig linear() {
        return ConfigLoader.of(directory.resolve("training.yaml"))
                .overrides(List.of("model.loss=mean_squared_error", "model.layers=[{dense: {units: 1}}]"))
                .load();
    }

    private Study run(SweepSettings settings, LongSupplier nanoTime) {
        return Sweep.run(config, recent(planes(new Random(7))), settings, nanoTime, share -> {});
    }

    /** A clock after which it is always too late for what is optional. */
    private static LongSupplier late() {
        AtomicLong nanos = new AtomicLong();
        return () -> nanos.getAndAdd(10_000_000_000L);
    }

    private static RecentSamples recent(SampleBatch samples) {
        return new RecentSamples("planes", samples, samples.rows(), 0, "");
    }

    /** On which side of a plane, a tenth of them wrong. */
    private static SampleBatch planes(Random random) {
        SampleBatch samples = new SampleBatch(4, 1, SAMPLES);
        for (int i = 0; i < SAMPLES; i++) {
            float[] x = new float[4];
            for (int k = 0; k < 4; k++) x[k] = (float) random.nextGaussian();
            boolean above = x[0] - 2 * x[1] + 0.5 * x[3] > 0;
            samples.append(x, new float[] {above ^ random.nextInt(10) == 0 ? 1 : 0}, 1);
        }
        return samples;
    }
}
