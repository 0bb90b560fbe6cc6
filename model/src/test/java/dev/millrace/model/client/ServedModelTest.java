package dev.millrace.model.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.FeatureSpec;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotAssembler;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServedModelTest {
    private static final String DENSE = """
            name: dense
            inputs: 6
            layers:
              - normalization
              - dense: {units: 5, activation: tanh}
              - dropout: {rate: 0.5, seed: 1}
              - dense: {units: 3, activation: softmax}
            loss: categorical_crossentropy
            """;
    private static final String IMAGES = """
            name: images
            inputs: [6, 6, 1]
            layers:
              - conv2d: {filters: 3, kernel_size: 3, activation: relu}
              - max_pooling2d
              - flatten
              - dense: {units: 1, activation: sigmoid}
            loss: binary_crossentropy
            """;
    private static final String SEQUENCES = """
            name: sequences
            inputs: [5, 4]
            layers:
              - lstm: {units: 3, return_sequences: true}
              - self_attention: {num_heads: 1, key_dim: 3}
              - global_average_pooling1d
              - dense: {units: 1, activation: sigmoid}
            loss: binary_crossentropy
            """;

    private static Snapshot snapshot(ModelSpec spec, float[] parameters, FeatureMapping... mapping) {
        String features = mapping.length == 0 ? null : mapping[0].toJson();
        SnapshotParts parts = SnapshotParts.split(spec, features, 3, 1, parameters, Map.of(), 1 << 20);
        SnapshotAssembler assembler = new SnapshotAssembler(parts.manifest());
        for (int i = 0; i < parts.parts().size(); i++)
            assembler.add(i, parts.parts().get(i));
        return assembler.finish();
    }

    /** The same calls of the same loops: bit for bit. */
    @ParameterizedTest
    @ValueSource(strings = {DENSE, IMAGES, SEQUENCES})
    void predictsWhatTheEngineOfTrainingPredicts(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        float[] parameters = spec.initialParameters(1);
        int rows = 150; // several chunks
        float[] features = new float[rows * spec.inputs()];
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < features.length; i++) features[i] = (float) random.nextDouble(-1, 1);
        SampleBatch batch = new SampleBatch(spec.inputs(), spec.labelWidth(), rows);
        batch.setRows(rows);
        System.arraycopy(features, 0, batch.features(), 0, features.length);
        float[] expected = new float[rows * spec.outputs()];
        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            engine.upload(0, parameters, parameters.length);
            engine.predict(batch, rows, expected);
        }

        float[] actual = new float[expected.length];
        try (ServedModel model = ServedModel.of(snapshot(spec, parameters))) {
            model.predict(features, rows, actual);
            assertThat(actual).isEqualTo(expected);
            model.predict(features, rows, actual); // nothing was left behind by the first
            assertThat(actual).isEqualTo(expected);
        }
    }

    @Test
    void predictsRecordsOfItsOwnAndOfOtherSchemas() {
        Schema trained = SchemaBuilder.record("Bid")
                .fields()
                .requiredDouble("price")
                .requiredString("outcome")
                .endRecord();
        FeatureSpec features = FeatureSpec.of(Map.of(
                "inputs", List.of(Map.of("numeric", Map.of("field", "price"))),
                "label", Map.of("field", "outcome", "classes", List.of("LOST", "WON"))));
        ModelSpec spec = ModelSpec.fromYaml(
                "name: bids\ninputs: 1\nlayers: [{dense: {units: 1, activation: sigmoid}}]\nloss: binary_crossentropy\n");
        Schema asked = SchemaBuilder.record("Bid")
                .fields()
                .requiredString("shop")
                .requiredFloat("price")
                .endRecord();
        GenericRecord two = new GenericRecordBuilder(asked)
                .set("shop", "a")
                .set("price", 2f)
                .build();
        float[] parameters = {3, -5}; // sigmoid(3 * price - 5)

        try (ServedModel model = ServedModel.of(snapshot(spec, parameters, FeatureMapping.of(features, trained)))) {
            FeatureMapping mapping = Objects.requireNonNull(model.features());
            GenericRecord one =
                    new GenericRecordBuilder(mapping.schema()).set("price", 1.0).build();
            float[] into = new float[2];
            model.predict(List.of(one, two), into);

            assertThat(model.classes()).containsExactly("LOST", "WON");
            // sigmoid(-2) and sigmoid(1), by hand; float32 keeps seven digits
            assertThat(into[0]).isCloseTo(0.1192029f, within(1e-6f));
            assertThat(into[1]).isCloseTo(0.7310586f, within(1e-6f));
        }
    }

    @Test
    void aRecordThatCannotBeMappedIsNamed() {
        Schema schema =
                SchemaBuilder.record("Bid").fields().requiredDouble("price").endRecord();
        FeatureSpec features = FeatureSpec.of(Map.of("inputs", List.of(Map.of("numeric", Map.of("field", "price")))));
        ModelSpec spec =
                ModelSpec.fromYaml("name: bids\ninputs: 1\nlayers: [{dense: {units: 1}}]\nloss: mean_squared_error\n");
        GenericRecord good = new GenericRecordBuilder(schema).set("price", 1.0).build();
        GenericRecord bad =
                new GenericRecordBuilder(schema).set("price", Double.NaN).build();

        try (ServedModel model = ServedModel.of(snapshot(spec, new float[2], FeatureMapping.of(features, schema)))) {
            assertThatThrownBy(() -> model.predict(List.of(good, bad), new float[2]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("record 1: ")
                    .hasMessageContaining("price");
        }
    }

    @Test
    void aModelWithoutMappingSaysSo() {
        try (ServedModel model = ServedModel.of(Identified.snapshot(7))) {
            assertThat(model.features()).isNull();
            assertThat(model.classes()).isEmpty();
            assertThatThrownBy(() -> model.predict(List.of(), new float[3]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("without a mapping");
        }
    }

    @Test
    void arraysThatAreTooShortAreRefused() {
        try (ServedModel model = ServedModel.of(Identified.snapshot(7))) {
            assertThatThrownBy(() -> model.predict(new float[13], 2, new float[6]))
                    .hasMessage(
                            "2 rows must have 7 inputs and room for 3 outputs each. Received: 13 values and room for 6");
            assertThatThrownBy(() -> model.predict(new float[14], 2, new float[5]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whoKeepsAModelThatWasClosedStillPredictsAndLeavesNothingBehind() {
        long before = OffHeap.liveBytes();
        ServedModel model = ServedModel.of(Identified.snapshot(7));
        assertThat(Identified.versionOf(model)).isEqualTo(7);
        model.close();
        model.close();
        assertThat(OffHeap.liveBytes()).isEqualTo(before);

        assertThat(Identified.versionOf(model)).isEqualTo(7);
        assertThat(OffHeap.liveBytes()).isEqualTo(before);
    }

    @Test
    void aPredictionAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        float[] row = Identified.row();
        float[] into = new float[Identified.OUTPUTS];
        try (ServedModel model = ServedModel.of(Identified.snapshot(7))) {
            for (int i = 0; i < 20_000; i++) model.predict(row, 1, into);
            long allocated = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) model.predict(row, 1, into);
            allocated = threads.getCurrentThreadAllocatedBytes() - allocated;

            assertThat(allocated / 20_000).isLessThanOrEqualTo(64); // JavaCPP's own, of a call
        }
    }
}
