package dev.millrace.pipeline.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.engine.DelegatingEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: line
            inputs: 2
            layers:
              - dense: {units: 1}
            loss: mean_squared_error
            """);

    private final List<Integer> tried = new ArrayList<>();

    /** The real engine, on a device that holds so many samples. */
    private final class SmallDevice extends DelegatingEngine {
        private final int room;

        SmallDevice(int room) {
            super(SPEC);
            this.room = room;
        }

        @Override
        public void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into) {
            tried.add(microBatch);
            if (Math.min(microBatch, batch.rows()) > room) throw new OutOfMemoryError("no room");
            super.lossAndGradient(batch, microBatch, into);
        }
    }

    @Test
    void halvesUntilItFitsRemembersAndGivesTheSameGradient() {
        SampleBatch batch = batch(100);
        GradientSum whole = new GradientSum(3);
        GradientSum halved = new GradientSum(3);
        MicroBatches microBatches = new MicroBatches(4096);
        try (SmallDevice large = new SmallDevice(100);
                SmallDevice small = new SmallDevice(30)) {
            new MicroBatches(4096).compute(large, batch, whole);
            tried.clear();
            microBatches.compute(small, batch, halved);
            microBatches.compute(small, batch, halved);
        }

        assertThat(tried).containsExactly(4096, 50, 25, 25);
        assertThat(microBatches.size()).isEqualTo(25);
        assertThat(microBatches.halved()).isEqualTo(2);
        assertThat(halved.samples).isEqualTo(100);
        assertThat(halved.gradient).usingComparatorWithPrecision(1e-4f).containsExactly(whole.gradient);
    }

    @Test
    void failsWhereNotEvenOneSampleFits() {
        try (SmallDevice none = new SmallDevice(0)) {
            assertThatThrownBy(() -> new MicroBatches(8).compute(none, batch(10), new GradientSum(3)))
                    .isInstanceOf(OutOfMemoryError.class);
        }
        assertThat(tried).containsExactly(8, 4, 2, 1);
    }

    private static SampleBatch batch(int rows) {
        SampleBatch batch = new SampleBatch(2, 1, rows);
        for (int i = 0; i < rows; i++) batch.append(new float[] {i % 7, -i % 3}, new float[] {i % 5}, 1);
        return batch;
    }
}
