package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.FeatureSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelMatchTest {
    private static final String TANH = model("tanh");
    private static final Schema BID = new Schema.Parser().parse("""
            {"type": "record", "name": "Bid", "fields": [
              {"name": "price", "type": "double"}, {"name": "age", "type": "double"},
              {"name": "won", "type": "boolean"}, {"name": "note", "type": "string", "default": ""}]}""");
    private static final String PRICE_AGE = features("price", "age");

    private static String model(String activation) {
        return """
                {"name":"bids","inputs":2,"layers":[{"dense":{"units":2,"activation":"%s"}},
                 {"dense":{"units":1,"activation":"sigmoid"}}],"loss":"binary_crossentropy"}""".formatted(activation);
    }

    private static String features(String first, String second) {
        List<Map<String, Object>> inputs =
                List.of(Map.of("numeric", Map.of("field", first)), Map.of("numeric", Map.of("field", second)));
        FeatureSpec spec = FeatureSpec.of(Map.of("inputs", inputs, "label", Map.of("field", "won")));
        return FeatureMapping.of(spec, BID).toJson();
    }

    private static ServerSettings settings(String model, @Nullable String features, boolean acceptChanged) {
        return new ServerFixture("bids", model, BatchSettings.fixed(4))
                .features(features)
                .acceptChangedModel(acceptChanged)
                .settings();
    }

    private static TrainingState begun(String model, @Nullable String features) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        TrainingState state =
                Trainers.create(settings(model, features, false), null, false).snapshot();
        TrainingStateSerializer.INSTANCE.serialize(state, out);
        return TrainingStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    @Test
    void theSameModelAndFeaturesContinue() throws IOException {
        TrainingState state = begun(TANH, PRICE_AGE);
        float[] parameters = state.parameters.clone();

        assertThat(Trainers.create(settings(TANH, PRICE_AGE, false), state, false)
                        .state()
                        .parameters)
                .containsExactly(parameters);
    }

    private static ServerSettings reading(String... topics) {
        return new ServerFixture("bids", TANH, BatchSettings.fixed(4))
                .topics(topics)
                .settings();
    }

    private static TrainingState begunOn(String... topics) {
        return TrainingStateSerializer.INSTANCE.copy(
                Trainers.create(reading(topics), null, false).snapshot());
    }

    @Test
    void topicsInAnotherOrderAreRefused() {
        assertThatThrownBy(() -> Trainers.create(reading("bids", "clicks"), begunOn("clicks", "bids"), false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Then: [clicks, bids]. Configured: [bids, clicks]. ");
    }

    @Test
    void topicsMayComeAndGoAtTheEndOfTheirList() {
        TrainingState more = Trainers.create(reading("clicks", "bids"), begunOn("clicks"), false)
                .state();
        TrainingState fewer = Trainers.create(reading("clicks"), begunOn("clicks", "bids"), false)
                .state();

        assertThat(more.topics).containsExactly("clicks", "bids");
        assertThat(fewer.topics).as("what was learnt from both").containsExactly("clicks", "bids");
    }

    @Test
    void featuresInAnotherOrderAreRefused() throws IOException {
        TrainingState state = begun(TANH, PRICE_AGE);

        assertThatThrownBy(() -> Trainers.create(settings(TANH, features("age", "price"), false), state, false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("bids: the checkpoint was trained with other features. Then: ")
                .hasMessageContaining("training.accept-changed-model: true");
    }

    @Test
    void recordsThatHeldTheirFeaturesReadyAreAnotherMatterThanMappedOnes() throws IOException {
        TrainingState state = begun(TANH, null);

        assertThatThrownBy(() -> Trainers.create(settings(TANH, PRICE_AGE, false), state, false))
                .hasMessageContaining("other features. Then: none. Configured: {");
    }

    @Test
    void anotherActivationIsRefusedUntilItIsAccepted() throws IOException {
        TrainingState state = begun(TANH, PRICE_AGE);
        float[] parameters = state.parameters.clone();

        assertThatThrownBy(() -> Trainers.create(settings(model("relu"), PRICE_AGE, false), state, false))
                .hasMessageContaining("other layers. Then: ");
        TrainingState accepted = Trainers.create(settings(model("relu"), PRICE_AGE, true), state, false)
                .state();

        assertThat(accepted.parameters).containsExactly(parameters);
        assertThat(accepted.modelJson).as("what the next restore compares with").isEqualTo(model("relu"));
    }

    @Test
    void anotherLayoutIsRefusedWhateverIsAccepted() throws IOException {
        TrainingState state = begun(TANH, null);
        String wider = TANH.replace("\"units\":2", "\"units\":3");

        assertThatThrownBy(() -> Trainers.create(settings(wider, null, true), state, false))
                .hasMessageStartingWith("The checkpoint holds another model.");
    }
}
