package dev.millrace.model.feature;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureSpecMistakesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {numeric: {}}                                   | .numeric.field must be the path of a field, like user.age. Received: nothing
            {numeric: {field: a, min: 1}}                   | .numeric.max is missing beside the other
            {numeric: {field: a, min: 2, max: 1}}           | .numeric.max must be > min (2.0). Received: 1.0
            {numeric: {field: a, missing: mean}}            | .numeric.missing must be reject or a finite number. Received: mean
            {numeric: {field: a, indicator: true}}          | .numeric.missing must be a number where there is an indicator. Received: reject
            {numeric: {field: a, transfrom: log1p}}         | .numeric.transfrom unknown key; did you mean transform?
            {numeric: {field: a, transform: log}}           | .numeric.transform must be one of none, log1p. Received: log
            {categorical: {field: a}}                       | .categorical.vocabulary or hash must be there, one of them. Received: neither
            {categorical: {field: a, hash: 0}}              | .categorical.hash must be an integer in 1..16777216. Received: 0
            {categorical: {field: a, vocabulary: [x, x]}}   | .categorical.vocabulary must have different entries. Received twice: x
            {categorical: {field: a, vocabulary: [false]}}  | .categorical.vocabulary must be a list of words, in quotes where YAML reads them as true or false. Received: false
            {categorical: {field: a, hash: 2, unknown: zero}} | .categorical.unknown is for a vocabulary, not for hash
            {categorical: {field: a, hash: 2, encoding: embedding}} | .categorical.encoding must be one of one-hot, id. Received: embedding
            {categorical: {field: a, hash: 2, encoding: id, missing: zero}} | .categorical.missing must be bucket or reject where the encoding is id. Received: zero
            {categorical: {field: a, vocabulary: [x], encoding: id, unknown: zero}} | .categorical.unknown must be bucket or reject where the encoding is id. Received: zero
            {text: {field: a, hash: 1, length: 2}}          | .text.hash must be an integer in 2..16777216. Received: 1
            {text: {field: a, hash: 9, length: 2, weighting: log}} | .text.weighting unknown key
            {cross: {fields: [a], hash: 4}}                 | .cross.fields must be a list of 2 to 8. Received: [a]
            {text: {field: a, hash: 4, ngrams: [0]}}        | .text.ngrams must be a list of different integers in 1..8. Received: [0]
            {text: {field: a}}                              | .text.hash must be an integer in 1..16777216. Received: nothing
            {vector: {field: a}}                            | .vector.width must be an integer in 1..16777216. Received: nothing
            {image: {field: a, shape: [28, 28]}}            | .image.shape must be a list of 3 integers in 1..4096. Received: [28, 28]
            {image: {field: a, format: encoded, shape: [2, 2, 4]}} | .image.shape must end with 1 or 3 channels for an encoded image. Received: 4
            {numerical: {field: a}}                         | is of unknown kind numerical; known: numeric, categorical, cross, text, vector, image; did you mean numeric?
            {numeric: a}                                    | must be one kind with its settings, like numeric: {field: price}. Received: {numeric=a}
            """)
    void eachMistakeIsNamedWithWhatWasReceived(String input, String message) {
        assertThatThrownBy(() -> Records.spec("inputs: [" + input + "]"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("features.inputs[0]")
                .hasMessageEndingWith(message);
    }

    @Test
    void weightsAreOneForEachClass() {
        for (String weights : new String[] {"[1]", "[1, -1]", "heavy"}) {
            assertThatThrownBy(() -> Records.spec("inputs: [{numeric: {field: a}}]\n"
                            + "label: {field: b, classes: [x, y], class-weights: " + weights + "}"))
                    .hasMessageContaining(
                            "features.label.class-weights must be a list of 2 numbers in 0..1000000, one for each class."
                                    + " Received: " + weights);
        }
    }

    @Test
    void allMistakesAreNamedAtOnce() {
        assertThatThrownBy(() -> Records.spec("""
                        inputs: []
                        label: outcome
                        weight: {field: w, default: -1}
                        lable: {field: x}
                        """)).hasMessage("""
                        4 errors in the features
                          features.inputs must be a list of at least one feature, like numeric: {field: price}. Received: []
                          features.label must be like {field: outcome}. Received: outcome
                          features.weight.default must be >= 0. Received: -1.0
                          features.lable unknown key; did you mean label?""");
    }

    @Test
    void fieldsThatTheSchemaLacksOrHasOfAnotherTypeAreNamedAtOnce() {
        assertThatThrownBy(() -> FeatureMapping.of(
                        Records.spec("inputs: [{numeric: {field: prise}}, {text: {field: price.x, hash: 2}}]"),
                        Records.schema("{\"name\": \"price\", \"type\": \"int\"}")))
                .hasMessage("""
                        2 errors in the features
                          prise is not in the schema: record shop.Bid has no field prise; did you mean price?
                          price.x ends before x: a value of type int has no fields""");
        assertThatThrownBy(() -> FeatureMapping.of(
                        Records.spec("inputs: [{numeric: {field: s}}, {vector: {field: s, width: 2}},"
                                + " {image: {field: s, shape: [1, 1, 1]}}, {categorical: {field: d, hash: 3}}]"),
                        Records.schema(
                                "{\"name\": \"s\", \"type\": \"string\"}", "{\"name\": \"d\", \"type\": \"double\"}")))
                .hasMessage("""
                        4 errors in the features
                          s must be a number or a boolean. Received: string
                          s must be an array of numbers or bytes of float32. Received: string
                          s must be bytes. Received: string
                          d must be text, an enum, an integer, a decimal or a boolean. Received: double""");
        assertThatThrownBy(() -> FeatureMapping.of(
                        Records.spec("inputs: [{numeric: {field: u}}]"),
                        Records.schema("{\"name\": \"u\", \"type\": [\"null\", \"int\", \"string\"]}")))
                .hasMessageContaining("u must be of one type beside null. Received: [int, string]");
    }
}
