package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.metric.Outcomes;
import dev.millrace.pipeline.gradient.EngineUsed;
import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.gradient.GradientSerializer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * State as releases before the present formats wrote it stays readable. Four samples are in the files: loss 2, p 0.75 and 0.4
 * for two positives, 0.25 and 0.5 for two negatives.
 */
class EarlierFormatsTest {

    @ParameterizedTest
    @ValueSource(strings = {"training-state-7.bin", "training-state-8.bin", "training-state-9.bin"})
    void aTrainingStateOfAnEarlierFormatGoesOn(String written) throws IOException {
        TrainingState state = TrainingStateSerializer.INSTANCE.deserialize(golden(written));

        assertThat(state.parameters).containsExactly(0.5f, -1.25f, 3f);
        assertThat(state.version).isEqualTo(7);
        assertThat(state.totalSamples).isEqualTo(1234);
        expectFormatOne(state.metrics.window());
        assertThat(state.pendingSamples).isEqualTo(4);
        expectFormatOne(state.pending);
        assertThat(state.gradientSum).containsExactly(0, 8, 0);
        assertThat(state.engines.text()).as("which it did not know").isEqualTo("unknown");
    }

    @Test
    void aChallengerOfAnEarlierFormatGoesOn() throws IOException {
        TrainingState state = TrainingStateSerializer.INSTANCE.deserialize(golden("training-state-9.bin"));

        Challenge challenge = Objects.requireNonNull(state.challenge);
        assertThat(challenge.swapped).isTrue();
        assertThat(challenge.swaps).isEqualTo(1);
        assertThat(challenge.state.parameters).containsExactly(0.5f, -1.25f, 3f);
        assertThat(challenge.state.gradientSum).containsExactly(0, 8, 0);
    }

    @Test
    void writtenAnewItIsTheSameState() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(1 << 12);
        TrainingStateSerializer.INSTANCE.serialize(
                TrainingStateSerializer.INSTANCE.deserialize(golden("training-state-7.bin")), out);

        TrainingState state =
                TrainingStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));

        expectFormatOne(state.metrics.window());
        expectFormatOne(state.pending);
        assertThat(state.gradientSum).containsExactly(0, 8, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gradient-2.bin", "gradient-3.bin"})
    void aGradientOfAnEarlierFormatCounts(String written) throws IOException {
        Gradient gradient = new GradientSerializer().deserialize(golden(written));

        Gradient.Summary summary = Objects.requireNonNull(gradient.summary);
        assertThat(gradient.values).startsWith(1, 2, 3);
        expectFormatOne(summary.outcomes());
        assertThat(summary.maxEventTime()).isEqualTo(20);
        assertThat(summary.signals().waitNanos()).isEqualTo(40);
        assertThat(summary.engine()).isEqualTo(new EngineUsed("", ""));
        assertThat(summary.second()).isNull();
    }

    private static void expectFormatOne(Outcomes outcomes) {
        assertThat(outcomes.weight()).isEqualTo(4);
        assertThat(outcomes.loss()).isEqualTo(0.5);
        assertThat(outcomes.accuracy()).isEqualTo(0.75);
        assertThat(outcomes.auc()).isEqualTo(0.75);
        assertThat(outcomes.classes().table()).as("which it did not know").isEmpty();
        assertThat(outcomes.calibration().error()).isNaN();
    }

    private static DataInputDeserializer golden(String name) throws IOException {
        try (InputStream in = EarlierFormatsTest.class.getResourceAsStream("/state/" + name)) {
            return new DataInputDeserializer(Objects.requireNonNull(in, name).readAllBytes());
        }
    }
}
