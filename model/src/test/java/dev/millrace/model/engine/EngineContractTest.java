package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineContractTest {
    private static final ModelSpec SPEC = Networks.digits(30, 24);
    private static final float[] PARAMETERS = SPEC.initialParameters(5);

    private final GradientEngine engine = Networks.engine(SPEC, PARAMETERS);
    private final SampleBatch batch = Networks.samples(SPEC, 40, 6);
    private final GradientSum sum = new GradientSum(PARAMETERS.length);

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void anotherEngineGivesTheSameBits() {
        GradientSum other = Networks.gradient(SPEC, PARAMETERS, batch, 16);

        engine.lossAndGradient(batch, 16, sum);

        assertThat(other.gradient).isEqualTo(sum.gradient);
    }

    @Test
    void predictionsBufferGrowsOnlyWhenNeeded() {
        engine.lossAndGradient(batch, 16, sum);
        float[] buffer = sum.predictions;
        batch.setRows(7);

        engine.lossAndGradient(batch, 16, sum);

        assertThat(sum.predictions).isSameAs(buffer);
    }

    @Test
    void parametersArriveInBlocks() {
        float[] head = Arrays.copyOf(PARAMETERS, 300);
        float[] tail = Arrays.copyOfRange(PARAMETERS, 300, PARAMETERS.length);
        engine.upload(0, new float[PARAMETERS.length], PARAMETERS.length);

        engine.upload(300, tail, tail.length);
        engine.upload(0, head, head.length);
        engine.lossAndGradient(batch, 16, sum);

        assertThat(sum.gradient).isEqualTo(Networks.gradient(SPEC, PARAMETERS, batch, 16).gradient);
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.upload(1, PARAMETERS, PARAMETERS.length))
                .withMessageContaining("Received: offset 1, length " + PARAMETERS.length);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.upload(0, new float[3], 4))
                .withMessageContaining("length 4 of 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.lossAndGradient(batch, 0, sum))
                .withMessage("microBatch must be >= 1. Received: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.lossAndGradient(batch, 8, new GradientSum(3)))
                .withMessage("the gradient must have " + PARAMETERS.length + " values. Received: 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.lossAndGradient(new SampleBatch(29, 1, 1), 8, sum))
                .withMessage("the model takes 30 features and 1 labels. Received: 29 and 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.predict(batch, 8, new float[399]))
                .withMessage("predictions must have room for 400 values. Received: 399");
    }

    @Test
    void closedEngineSaysSoInsteadOfReadingFreedMemory() {
        engine.close();
        engine.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> engine.lossAndGradient(batch, 16, sum))
                .withMessage("the engine is closed");
        assertThatIllegalStateException().isThrownBy(() -> engine.upload(0, PARAMETERS, 1));
    }

    @Test
    void largeLogitsStayFinite() {
        for (Loss loss : new Loss[] {Loss.CATEGORICAL_CROSSENTROPY, Loss.BINARY_CROSSENTROPY}) {
            String last = loss == Loss.BINARY_CROSSENTROPY ? "sigmoid" : "softmax";
            ModelSpec spec = ModelSpec.fromYaml(
                    "inputs: 1\nlayers: [{dense: {units: 2, activation: %s}}]\nloss: %s".formatted(last, loss.word()));
            SampleBatch one = Networks.samples(spec, 8, 3);
            Arrays.fill(one.features(), 1);

            GradientSum at = Networks.gradient(spec, new float[] {1e4f, -1e4f, 0, 0}, one, 8);

            assertThat(at.lossSum).isBetween(0.0, 2 * 8 * 2e4);
            for (float g : at.gradient) assertThat(g).isFinite();
            for (float p : at.predictions) assertThat(p).isBetween(0f, 1f);
        }
    }

    @Test
    void factoryTravelsAsBytesAndKnowsItsEngines() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(Engines.factory("auto"));
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
                GradientEngine created = ((EngineFactory) in.readObject()).create(SPEC)) {
            assertThat(created.name()).isEqualTo("nd4j");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Engines.factory("tpu"))
                .withMessageContaining("Received: tpu");
    }
}
