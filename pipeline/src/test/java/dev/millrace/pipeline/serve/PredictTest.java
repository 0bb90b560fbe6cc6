package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.schemas.LabeledSample;
import dev.millrace.schemas.Prediction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PredictTest {
    private static final String DIFFERENCE = "/models/difference/predict";
    private static final String BIDS = "/models/bids/predict";

    /** 1 / (1 + exp(-1)); float32 has seven digits. */
    private static final double SIGMOID_OF_1 = 0.7310586;

    @TempDir
    Path directory;

    private Published published() {
        return new Published(directory);
    }

    private static String detail(HttpResponse<String> response) {
        return Served.json(response).path("detail").textValue();
    }

    private static HttpRequest.Builder avro(Served served, String path, byte[] file) {
        return served.request(path)
                .header("Content-Type", "avro/binary")
                .POST(HttpRequest.BodyPublishers.ofByteArray(file));
    }

    private static byte[] file(Schema schema, CodecFactory codec, Object[]... records) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
            writer.setCodec(codec).create(schema, bytes);
            for (Object[] values : records) {
                GenericRecord record = new GenericData.Record(schema);
                for (int i = 0; i < values.length; i++) record.put(i, values[i]);
                writer.append(record);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    @Test
    void instancesArePredictedInTheirOrderByOneVersion() {
        try (Served served = Served.of(published().difference(4))) {
            HttpResponse<String> response = served.post(DIFFERENCE, "{\"instances\": [[3, 2], [2.5, 3.5], [1, 1]]}");

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonNode answer = Served.json(response);
            assertThat(answer.path("model").textValue()).isEqualTo("difference");
            assertThat(answer.path("version").longValue()).isEqualTo(4);
            assertThat(answer.path("classes")).map(JsonNode::textValue).containsExactly("0", "1");
            JsonNode rows = answer.path("predictions");
            assertThat(rows).hasSize(3);
            assertThat(rows.get(0).path("outputs").get(0).doubleValue()).isCloseTo(SIGMOID_OF_1, within(1e-6));
            assertThat(rows.get(0).path("class").textValue()).isEqualTo("1");
            assertThat(rows.get(1).path("outputs").get(0).doubleValue()).isCloseTo(1 - SIGMOID_OF_1, within(1e-6));
            assertThat(rows.get(1).path("class").textValue()).isEqualTo("0");
            assertThat(rows.get(2).path("outputs").get(0).doubleValue()).isCloseTo(0.5, within(1e-6));
        }
    }

    @Test
    void aModelWithoutClassesNamesNone() {
        try (Served served = Served.of(published().shift(4))) {
            JsonNode answer = Served.json(served.post("/models/shift/predict", "{\"instances\": [[2]]}"));

            assertThat(answer.path("classes")).isEmpty();
            assertThat(answer.path("predictions").get(0).has("class")).isFalse();
            assertThat(answer.path("predictions").get(0).path("outputs").get(0).doubleValue())
                    .isEqualTo(6); // 2 + 4 is exact
        }
    }

    @Test
    void recordsGoThroughTheMappingOfTheSnapshot() {
        try (Served served = Served.of(published().bids(9))) {
            HttpResponse<String> response = served.post(BIDS, """
                    {"records": [
                      {"auction": "a-17", "price": 1, "country": "DE", "note": "no field of the model"},
                      {"auction": "a-18", "price": -1.0}]}
                    """);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonNode answer = Served.json(response);
            assertThat(answer.path("classes")).map(JsonNode::textValue).containsExactly("LOST", "WON");
            JsonNode rows = answer.path("predictions");
            assertThat(rows.get(0).path("id").textValue()).isEqualTo("a-17");
            assertThat(rows.get(0).path("class").textValue()).isEqualTo("WON");
            assertThat(rows.get(0).path("outputs").get(0).doubleValue()).isCloseTo(SIGMOID_OF_1, within(1e-6));
            assertThat(rows.get(1).path("id").textValue()).isEqualTo("a-18");
            assertThat(rows.get(1).path("class").textValue()).isEqualTo("LOST");
        }
    }

    @Test
    void avroRecordsOfAnotherWriterAreResolvedAndAnsweredInAvro() throws IOException {
        Schema writer = new Schema.Parser().parse("""
                {"type": "record", "name": "Bid", "namespace": "shop", "fields": [
                  {"name": "price", "type": "float"}, {"name": "bidder", "type": "long"},
                  {"name": "auction", "type": "string"}]}
                """);
        byte[] file = file(writer, CodecFactory.nullCodec(), new Object[] {1f, 5L, "x"}, new Object[] {-1f, 6L, "y"});
        try (Served served = Served.of(published().bids(9))) {
            HttpResponse<byte[]> response =
                    served.sendForBytes(avro(served, BIDS, file).header("Accept", "avro/binary"));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("avro/binary");
            try (DataFileStream<GenericRecord> rows =
                    new DataFileStream<>(new ByteArrayInputStream(response.body()), new GenericDatumReader<>())) {
                GenericRecord first = rows.next();
                assertThat(rows.getSchema()).isEqualTo(Prediction.getClassSchema());
                assertThat(first.get("model")).hasToString("bids");
                assertThat(first.get("version")).isEqualTo(9L);
                assertThat(first.get("id")).hasToString("x");
                assertThat(first.get("className")).hasToString("WON");
                assertThat((Float) ((List<?>) first.get("outputs")).get(0))
                        .isCloseTo((float) SIGMOID_OF_1, within(1e-6f));
                assertThat(rows.next().get("className")).hasToString("LOST");
                assertThat(rows.hasNext()).isFalse();
            }
        }
    }

    @Test
    void samplesAsTheyAreSentToTrainingArePredictedWithoutTheirLabels() {
        Schema sample = LabeledSample.getClassSchema();
        ByteBuffer dense = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        dense.putFloat(3).putFloat(2).flip();
        ByteBuffer none = ByteBuffer.allocate(0);
        ByteBuffer one = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        one.putFloat(1).flip();
        byte[] file = file(
                sample,
                CodecFactory.nullCodec(),
                new Object[] {"d", 0L, 1f, dense, List.of(), none, List.of(), List.of(1f)},
                new Object[] {null, 0L, 1f, none, List.of(1), one, List.of(), List.of(0f)});
        try (Served served = Served.of(published().difference(1))) {
            JsonNode rows =
                    Served.json(served.send(avro(served, DIFFERENCE, file))).path("predictions");

            assertThat(rows).hasSize(2);
            assertThat(rows.get(0).path("id").textValue()).isEqualTo("d");
            assertThat(rows.get(0).path("outputs").get(0).doubleValue()).isCloseTo(SIGMOID_OF_1, within(1e-6));
            assertThat(rows.get(1).path("outputs").get(0).doubleValue()).isCloseTo(1 - SIGMOID_OF_1, within(1e-6));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"instances\": [[1, 2], [1]]}          | row 2: must have the model's 2 features. Received: 1",
                "{\"instances\": [[1, 2, 3]]}            | row 1: must have the model's 2 features. Received: 3",
                "{\"instances\": [[1, \"two\"]]}         | row 1: feature 1 must be a number. Received: \"two\"",
                "{\"instances\": [[1, null]]}            | row 1: feature 1 must be a number. Received: null",
                "{\"instances\": [[1, 1e39]]}            | row 1: feature 1 must be finite. Received: Infinity",
                "{\"instances\": [{\"a\": 1}]}           | row 1: must be an array of numbers. Received: {",
                "{\"instances\": []}                     | A request must have at least 1 row. Received: 0",
            })
    void aBadRowIsNamedWithFieldLimitAndWhatWasReceived(String body, String expected) {
        try (Served served = Served.of(published().difference(1))) {
            HttpResponse<String> response = served.post(DIFFERENCE, body);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(detail(response)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"rows\": [[1, 2]]}",
                "{\"records\": [{}]}",
                "{\"instances\": [[1, 2]], \"more\": 1}",
                "{\"instances\": [[1, 2]]} {}",
                "{\"instances\": [[1, 2",
                "{\"instances\": [[1, NaN]]}",
            })
    void aBodyOfAnotherShapeIsToldTheShape(String body) {
        try (Served served = Served.of(published().difference(1))) {
            HttpResponse<String> response = served.post(DIFFERENCE, body);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(detail(response)).startsWith("The body must be ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"records\": [{\"auction\": \"a\", \"price\": 1}, {\"auction\": \"b\"}]} | row 2: | price",
                "{\"records\": [{\"auction\": \"a\", \"price\": \"dear\"}]} | row 1: | price",
                "{\"records\": [{\"auction\": \"a\", \"price\": 1e300}]} | row 1: | price must be finite. Received: Infinity",
                "{\"records\": [7]} | row 1: | must be a record. Received: 7",
                "{\"instances\": [[1]]} | The body must be | as the model maps records. Received: instances",
            })
    void aBadRecordIsNamedWithItsField(String body, String start, String part) {
        try (Served served = Served.of(published().bids(1))) {
            HttpResponse<String> response = served.post(BIDS, body);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(detail(response)).startsWith(start).contains(part);
        }
    }

    @Test
    void anAvroFileThatClaimsMoreThanItHasIsRefusedBeforeMemoryIsTaken() throws IOException {
        byte[] file = file(Published.BID, CodecFactory.nullCodec());
        ByteArrayOutputStream claimed = new ByteArrayOutputStream();
        claimed.write(file);
        claimed.write(new byte[] {2}); // one record
        claimed.write(new byte[] {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0xF}); // of 2^31 - 1 bytes
        try (Served served = Served.of(published().bids(1))) {
            HttpResponse<String> response = served.send(avro(served, BIDS, claimed.toByteArray()));

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(detail(response)).isEqualTo("The file announces a block of 2147483647 bytes. Received: 0");
        }
    }

    @Test
    void aCompressedAvroFileIsRefused() {
        byte[] file = file(Published.BID, CodecFactory.deflateCodec(9), new Object[] {"a", null, 1.0, null, "WON"});
        try (Served served = Served.of(published().bids(1))) {
            HttpResponse<String> response = served.send(avro(served, BIDS, file));

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(detail(response)).contains("avro.codec null").endsWith("Received: deflate");
        }
    }

    @Test
    void bytesThatAreNoAvroFileAndRecordsOfAnotherKindAreRefused() {
        Schema other = new Schema.Parser()
                .parse("{\"type\": \"record\", \"name\": \"Bid\", \"namespace\": \"shop\", \"fields\": []}");
        try (Served served = Served.of(published().bids(1))) {
            HttpResponse<String> noFile = served.send(avro(served, BIDS, new byte[] {1, 2, 3}));
            HttpResponse<String> noPrice =
                    served.send(avro(served, BIDS, file(other, CodecFactory.nullCodec(), new Object[] {})));

            assertThat(noFile.statusCode()).isEqualTo(400);
            assertThat(detail(noFile)).startsWith("The body must be an Avro object container file");
            assertThat(noPrice.statusCode()).isEqualTo(400);
            assertThat(detail(noPrice))
                    .startsWith("row 1: cannot be read as shop.Bid")
                    .contains("price");
        }
    }

    @Test
    void aRequestWithMoreRowsThanAllowedIsToldTheLimit() {
        String rows = "[1, 2],".repeat(Served.LIMITS.rows()) + "[1, 2]";
        try (Served served = Served.of(published().difference(1))) {
            HttpResponse<String> response = served.post(DIFFERENCE, "{\"instances\": [" + rows + "]}");

            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(detail(response)).isEqualTo("A request to this model may have 100 rows. Received more");
        }
    }

    @Test
    void otherTypesOfContentAreRefusedWithThoseThereAre() {
        try (Served served = Served.of(published().difference(1))) {
            HttpResponse<String> form = served.send(served.request(DIFFERENCE)
                    .header("Content-Type", "text/csv")
                    .POST(HttpRequest.BodyPublishers.ofString("1,2")));
            HttpResponse<String> page = served.send(served.request(DIFFERENCE)
                    .header("Content-Type", "application/json")
                    .header("Accept", "text/html")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"instances\": [[1, 2]]}")));

            assertThat(form.statusCode()).isEqualTo(415);
            assertThat(detail(form))
                    .isEqualTo("Content-Type must be application/json or avro/binary. Received: text/csv");
            assertThat(page.statusCode()).isEqualTo(406);
            assertThat(detail(page))
                    .isEqualTo("Accept must allow application/json or avro/binary. Received: [text/html]");
        }
    }

    @Test
    void anAliasChoosesTheVersionThatPredicts() {
        Published published = published().shift(1).shift(2).aliases(1, 1, 2);
        try (Served served = Served.of(published)) {
            String body = "{\"instances\": [[0]]}";
            JsonNode newest = Served.json(served.post("/models/shift/predict", body));
            JsonNode champion = Served.json(served.post("/models/shift/predict?alias=champion", body));
            HttpResponse<String> other = served.post("/models/shift/predict?alias=best", body);

            assertThat(newest.path("version").longValue()).isEqualTo(2);
            assertThat(champion.path("version").longValue()).isEqualTo(1);
            assertThat(champion.path("predictions")
                            .get(0)
                            .path("outputs")
                            .get(0)
                            .doubleValue())
                    .isEqualTo(1);
            assertThat(other.statusCode()).isEqualTo(400);
            assertThat(detail(other)).isEqualTo("alias must be newest or one of [champion, candidate]. Received: best");
        }
    }
}
