package dev.millrace.pipeline.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.minibatch.MiniBatch;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What the workers of one job give their engines. */
class WorkerDropoutTest {
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: dropping
            inputs: 2
            layers: [{dropout: {rate: 0.5}}, {dense: {units: 1, activation: sigmoid}}]
            loss: binary_crossentropy
            """);

    @Test
    void eachWorkerHasMasksOfItsOwnAndTheSameInAnotherLife() throws Exception {
        ModelSpec first = specOf(0);
        ModelSpec second = specOf(1);
        ModelSpec third = specOf(2);

        assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
        assertThat(first).isEqualTo(SPEC);
        assertThat(specOf(1)).isEqualTo(second);
        assertThat(second.layout()).isEqualTo(SPEC.layout());
    }

    private static ModelSpec specOf(int worker) throws Exception {
        Seen.SPECS.clear();
        GradientOperator operator =
                new GradientOperator(SPEC, EngineAssignment.everywhere(new Seen()), new WorkerSettings(0, 32, false));
        TwoInputStreamOperatorTestHarness<MiniBatch, ParameterBlock, Gradient> harness =
                new TwoInputStreamOperatorTestHarness<>(operator, 3, 3, worker);
        harness.setup(new GradientSerializer());
        harness.open();
        harness.close();
        assertThat(Seen.SPECS).hasSize(1);
        return Seen.SPECS.get(0);
    }

    private record Seen() implements EngineFactory {
        /** The harness may copy the factory, but runs where the test does. */
        static final List<ModelSpec> SPECS = new ArrayList<>();

        @Override
        public GradientEngine create(ModelSpec spec) {
            SPECS.add(spec);
            return Engines.factory("nd4j").create(spec);
        }
    }
}
