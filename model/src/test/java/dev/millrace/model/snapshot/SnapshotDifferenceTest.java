package dev.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.ModelSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotDifferenceTest {
    /** The figures are sums of a few products in double precision; they are exact but for the last bits. */
    private static final double ROUNDING = 1e-12;

    private static Snapshot snapshot(ModelSpec spec, Map<String, String> provenance, float... parameters) {
        return new Snapshot(
                SnapshotParts.split(spec, 1, Models.CREATED, parameters, provenance, 1 << 20)
                        .manifest(),
                parameters);
    }

    private static ModelSpec dense(int units) {
        return ModelSpec.fromYaml("""
                name: linear
                inputs: 2
                layers: [{dense: {name: out, units: %d}}]
                loss: mean_squared_error
                """.formatted(units));
    }

    @Test
    void aTensorsChangeIsThatOfPenAndPaper() {
        Snapshot a = snapshot(dense(1), Map.of(), 3, 4, 0);
        Snapshot b = snapshot(dense(1), Map.of(), 3, 0, 2);

        SnapshotDifference difference = SnapshotDifference.between(a, b);

        TensorDifference kernel = difference.tensors().get(0);
        assertThat(kernel.name()).isEqualTo("out/kernel");
        assertThat(kernel.normA()).isCloseTo(5, within(ROUNDING));
        assertThat(kernel.normB()).isCloseTo(3, within(ROUNDING));
        assertThat(kernel.maxChange()).isCloseTo(4, within(ROUNDING));
        assertThat(kernel.relativeChange()).isCloseTo(0.8, within(ROUNDING));
        assertThat(kernel.cosine()).isCloseTo(0.6, within(ROUNDING));
        TensorDifference bias = difference.tensors().get(1);
        assertThat(bias.relativeChange()).as("from zero").isNull();
        assertThat(bias.cosine()).as("of zero").isNull();
        assertThat(bias.maxChange()).isCloseTo(2, within(ROUNDING));
        assertThat(difference.all().normB()).isCloseTo(Math.sqrt(13), within(ROUNDING));
        assertThat(difference.all().cosine()).isCloseTo(9 / (5 * Math.sqrt(13)), within(ROUNDING));
    }

    @Test
    void aSnapshotDiffersNotFromItself() {
        Snapshot snapshot = snapshot(dense(1), Map.of("samples", "5"), 1, 2, 3);

        SnapshotDifference difference = SnapshotDifference.between(snapshot, snapshot);

        assertThat(difference.model()).isEmpty();
        assertThat(difference.features()).isEmpty();
        assertThat(difference.provenance()).isEmpty();
        assertThat(difference.tensors()).allSatisfy(tensor -> {
            assertThat(tensor.relativeChange()).isZero();
            assertThat(tensor.cosine()).isCloseTo(1, within(ROUNDING));
        });
    }

    @Test
    void layersOfOtherShapesAreNamedAndHaveNormsAlone() {
        Snapshot a = snapshot(dense(1), Map.of(), 3, 4, 0);
        Snapshot b = snapshot(dense(2), Map.of(), 1, 2, 3, 4, 5, 6);

        SnapshotDifference difference = SnapshotDifference.between(a, b);

        assertThat(difference.model()).containsExactly(new Difference("layers[0].dense.units", "1", "2"));
        TensorDifference kernel = difference.tensors().get(0);
        assertThat(kernel.shapeA()).containsExactly(1, 2);
        assertThat(kernel.shapeB()).containsExactly(2, 2);
        assertThat(kernel.normA()).isCloseTo(5, within(ROUNDING));
        assertThat(kernel.normB()).isCloseTo(Math.sqrt(30), within(ROUNDING));
        assertThat(kernel.maxChange()).isNull();
        assertThat(difference.all().normA()).as("nothing is comparable").isZero();
    }

    @Test
    void aTensorThatOneLacksIsListed() {
        SnapshotDifference difference = SnapshotDifference.between(
                snapshot(Models.linear(2), Map.of(), 1, 2, 3), snapshot(Models.SMALL, Map.of(), Models.ramp(11)));

        assertThat(difference.tensors())
                .extracting(TensorDifference::name)
                .containsExactly("out/kernel", "out/bias", "hidden/kernel", "hidden/bias");
        assertThat(difference.tensors().get(2).shapeA()).isNull();
        assertThat(difference.tensors().get(2).normA()).isNull();
        assertThat(difference.tensors().get(2).normB()).isPositive();
    }

    @Test
    void provenanceIsComparedByKey() {
        SnapshotDifference difference = SnapshotDifference.between(
                snapshot(dense(1), Map.of("samples", "5", "steps", "1", "host", "x"), 1, 2, 3),
                snapshot(dense(1), Map.of("samples", "9", "steps", "1", "parent", "4"), 1, 2, 3));

        assertThat(difference.provenance())
                .containsExactlyInAnyOrder(
                        new Difference("samples", "5", "9"),
                        new Difference("host", "x", null),
                        new Difference("parent", null, "4"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": {\"b\": [1, 2]}}", "{\"a\": {\"b\": [1, 2], \"c\": null}}", "{}"})
    void aVocabularyIsOneValue(String json) {
        assertThat(Difference.ofJson(json, json)).isEmpty();
        assertThat(Difference.ofJson("{\"a\": {\"b\": [\"x\"]}}", json))
                .contains(new Difference("a.b", "[\"x\"]", json.equals("{}") ? null : "[1,2]"));
    }
}
