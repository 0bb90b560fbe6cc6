package dev.millrace.model.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.RejectionReason;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordMapperTest {
    private static final String PRICE = "{\"name\": \"price\", \"type\": [\"null\", \"double\"], \"default\": null}";
    private static final String BODY = "{\"name\": \"body\", \"type\": \"string\"}";
    private static final String PIXELS = "{\"name\": \"pixels\", \"type\": \"bytes\"}";

    private static GenericRecord with(String field, @Nullable Object value, String... fields) {
        return new GenericRecordBuilder(Records.schema(fields))
                .set(field, value)
                .build();
    }

    private static GenericRecord price(@Nullable Double value) {
        return with("price", value, PRICE);
    }

    private static float[] hot(int width, int... indices) {
        float[] hot = new float[width];
        for (int index : indices) hot[index] = 1;
        return hot;
    }

    @Test
    void numbersAreScaledOrTakenTheLogarithmOf() {
        assertThat(Records.features("[{numeric: {field: price}}]", price(2.5))).containsExactly(2.5f);
        assertThat(Records.features("[{numeric: {field: price, min: 10, max: 20}}]", price(12.5)))
                .containsExactly(0.25f);
        assertThat(Records.features("[{numeric: {field: price, transform: log1p}}]", price(Math.E - 1)))
                .containsExactly(1f);
        assertThatThrownBy(() -> Records.features("[{numeric: {field: price, transform: log1p}}]", price(-1.5)))
                .hasMessage("price must be > -1 for log1p. Received: -1.5");
    }

    @Test
    void aMissingNumberIsRejectedOrReplacedAndPointedOut() {
        assertThatThrownBy(() -> Records.features("[{numeric: {field: price}}]", price(null)))
                .hasMessage("price must have a value. Received: nothing");
        String replaced = "[{numeric: {field: price, min: 0, max: 10, missing: 5, indicator: true}}]";
        assertThat(Records.features(replaced, price(null))).containsExactly(0.5f, 1);
        assertThat(Records.features(replaced, price(1.0))).containsExactly(0.1f, 0);
    }

    @Test
    void aNumberThatIsNotFiniteNamesItsFeature() {
        assertThatThrownBy(() -> Records.features("[{numeric: {field: price}}]", price(1e300)))
                .isInstanceOfSatisfying(
                        UnmappableException.class,
                        e -> assertThat(e.rejection().reason()).isEqualTo(RejectionReason.NOT_FINITE))
                .hasMessage("price must be finite. Received: Infinity");
    }

    @Test
    void logicalTypesAreNumbersInTheirUnits() {
        Schema schema = Records.schema(
                "{\"name\": \"sum\", \"type\": {\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 9,"
                        + " \"scale\": 2}}",
                "{\"name\": \"day\", \"type\": {\"type\": \"int\", \"logicalType\": \"date\"}}",
                "{\"name\": \"at\", \"type\": {\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}}",
                "{\"name\": \"new\", \"type\": \"boolean\"}");
        GenericRecord record = new GenericData.Record(schema);
        record.put(
                "sum", ByteBuffer.wrap(new BigDecimal("-12.34").unscaledValue().toByteArray()));
        record.put("day", 20_000);
        record.put("at", 1_500_000L);
        record.put("new", true);

        float[] features = Records.features(
                "[{numeric: {field: sum}}, {numeric: {field: day}}, {numeric: {field: at}}, {numeric: {field: new}},"
                        + " {categorical: {field: sum, vocabulary: ['-12.34']}}]",
                record);

        assertThat(features).containsExactly(-12.34f, 20_000, 1.5f, 1, 1, 0);
    }

    @Test
    void pathsLeadThroughRecordsAndMapsAndEndWhereAPartIsMissing() {
        Schema schema = Records.schema(
                "{\"name\": \"user\", \"type\": [\"null\", {\"type\": \"record\", \"name\": \"User\", \"fields\": ["
                        + "{\"name\": \"age\", \"type\": \"int\"}, {\"name\": \"name\", \"type\": \"string\"}]}]}",
                "{\"name\": \"attributes\", \"type\": {\"type\": \"map\", \"values\": \"string\"}}");
        GenericRecord user = new GenericData.Record(
                schema.getField("user").schema().getTypes().get(1));
        user.put("age", 41);
        user.put("name", "Ann");
        GenericRecord record = new GenericData.Record(schema);
        record.put("attributes", Map.of("color.of.hat", "red", "size", "L"));
        String inputs = "[{numeric: {field: user.age, missing: -1}},"
                + " {categorical: {field: attributes.color.of.hat, vocabulary: [blue, red], unknown: zero}},"
                + " {categorical: {field: attributes.weight, vocabulary: [x], missing: bucket}}]";

        record.put("user", user);
        assertThat(Records.features(inputs, record)).containsExactly(41, 0, 1, 0, 1);
        record.put("user", null);
        assertThat(Records.features(inputs, record)).containsExactly(-1, 0, 1, 0, 1);
    }

    @Test
    void categoriesAreOneHotInTheOrderOfTheVocabulary() {
        String vocabulary = "vocabulary: [DE, FR]";
        String field = "{\"name\": \"country\", \"type\": {\"type\": \"enum\", \"name\": \"C\", \"symbols\": [\"DE\","
                + " \"FR\", \"US\"]}}";
        Schema symbols = Records.schema(field).getField("country").schema();
        GenericRecord french = with("country", new GenericData.EnumSymbol(symbols, "FR"), field);
        GenericRecord american = with("country", new GenericData.EnumSymbol(symbols, "US"), field);

        assertThat(Records.features("[{categorical: {field: country, " + vocabulary + "}}]", french))
                .containsExactly(0, 1, 0);
        assertThat(Records.features("[{categorical: {field: country, " + vocabulary + "}}]", american))
                .containsExactly(0, 0, 1);
        assertThat(Records.features("[{categorical: {field: country, unknown: zero, " + vocabulary + "}}]", american))
                .containsExactly(0, 0);
        assertThatThrownBy(() -> Records.features(
                        "[{categorical: {field: country, unknown: reject, " + vocabulary + "}}]", american))
                .hasMessage("country must be one of its vocabulary of 2 values. Received: US");
    }

    @Test
    void anArrayOfCategoriesIsEveryOneOfThem() {
        String field = "{\"name\": \"tags\", \"type\": {\"type\": \"array\", \"items\": \"string\"}}";

        assertThat(Records.features(
                        "[{categorical: {field: tags, vocabulary: [a, b, c], unknown: zero}}]",
                        with("tags", List.of("c", "a", "z"), field)))
                .containsExactly(1, 0, 1);
    }

    @Test
    void hashedCategoriesAndCrossesGoWhereMurmurSays() {
        String field = "{\"name\": \"hour\", \"type\": \"int\"}";
        GenericRecord record = new GenericRecordBuilder(Records.schema(BODY, field))
                .set("body", "x")
                .set("hour", 7)
                .build();

        assertThat(Records.features("[{categorical: {field: hour, hash: 16}}]", record))
                .containsExactly(hot(16, Murmur3.bucket("hour=7", 16)));
        assertThat(Records.features("[{cross: {fields: [body, hour], hash: 32}}]", record))
                .containsExactly(hot(32, Murmur3.bucket("body=x&hour=7", 32)));
    }

    @Test
    void anIdIsTheNumberOfTheValueInOneInput() {
        GenericRecord record = new GenericRecordBuilder(Records.schema(BODY, "{\"name\": \"hour\", \"type\": \"int\"}"))
                .set("body", "x")
                .set("hour", 7)
                .build();
        String cross = "{cross: {fields: [body, hour], hash: 1000000, encoding: id}}";

        assertThat(Records.features(
                        "[{categorical: {field: body, hash: 1000000, encoding: id}},"
                                + " {categorical: {field: body, vocabulary: [a, x], encoding: id}},"
                                + " {categorical: {field: body, vocabulary: [a], encoding: id}}, " + cross + "]",
                        record))
                .containsExactly(Murmur3.bucket("body=x", 1_000_000), 1, 1, Murmur3.bucket("body=x&hour=7", 1_000_000));
    }

    @Test
    void aHashedCategoryIsTheSameReadAsTextOrAsBytesAndWhenNothingIsThere() {
        String field = "{\"name\": \"body\", \"type\": [\"null\", \"string\"], \"default\": null}";
        String inputs = "[{categorical: {field: body, hash: 1000000, encoding: id, missing: bucket}}]";
        String text = "Élan ".repeat(20);
        float bucket = Murmur3.bucket("body=" + text, 1_000_000);

        assertThat(Records.features(inputs, with("body", text, field))).containsExactly(bucket);
        assertThat(Records.features(inputs, with("body", new Utf8(text), field)))
                .containsExactly(bucket);
        assertThat(Records.features(inputs, with("body", null, field)))
                .containsExactly(Murmur3.bucket("body=", 1_000_000));
    }

    @Test
    void anIdIsOfOneValue() {
        String field = "{\"name\": \"tags\", \"type\": {\"type\": \"array\", \"items\": \"string\"}}";

        assertThatThrownBy(() -> Records.features(
                        "[{categorical: {field: tags, hash: 8, encoding: id}}]", with("tags", List.of("c"), field)))
                .hasMessageContaining("tags must be one value, as its encoding is id. Received: array");
    }

    @Test
    void wordsAreIdsInTheirOrderAndZerosPadThem() {
        GenericRecord record = with("body", "Go, go Élan!", BODY);
        float go = 1 + Murmur3.bucket("body=go", 99);
        float elan = 1 + Murmur3.bucket("body=élan", 99);
        float goGo = 1 + Murmur3.bucket("body=go go", 99);

        assertThat(Records.features("[{text: {field: body, hash: 100, length: 5}}]", record))
                .containsExactly(go, go, elan, 0, 0);
        assertThat(Records.features("[{text: {field: body, hash: 100, length: 2}}]", record))
                .containsExactly(go, go);
        assertThat(Records.features("[{text: {field: body, hash: 100, length: 4, ngrams: [1, 2]}}]", record))
                .containsExactly(go, go, elan, goGo);
    }

    @Test
    void wordsAndTheirSequencesAreCounted() {
        GenericRecord record = with("body", "Go, go Élan!", BODY);
        float[] counts = new float[64];
        counts[Murmur3.bucket("body=go", 64)] += 2;
        counts[Murmur3.bucket("body=élan", 64)] += 1;
        float[] pairs = counts.clone();
        pairs[Murmur3.bucket("body=go go", 64)] += 1;
        pairs[Murmur3.bucket("body=go élan", 64)] += 1;

        assertThat(Records.features("[{text: {field: body, hash: 64}}]", record))
                .containsExactly(counts);
        assertThat(Records.features("[{text: {field: body, hash: 64, ngrams: [1, 2]}}]", record))
                .containsExactly(pairs);
        float[] binary = counts.clone();
        float[] log = counts.clone();
        for (int i = 0; i < 64; i++) {
            binary[i] = Math.min(1, counts[i]);
            log[i] = (float) Math.log1p(counts[i]);
        }
        assertThat(Records.features("[{text: {field: body, hash: 64, weighting: binary}}]", record))
                .containsExactly(binary);
        assertThat(Records.features("[{text: {field: body, hash: 64, weighting: log}}]", record))
                .containsExactly(log);
    }

    @Test
    void vectorsAreArraysOrLittleEndianFloats() {
        String array = "{\"name\": \"v\", \"type\": {\"type\": \"array\", \"items\": [\"null\", \"float\"]}}";
        String bytes = "{\"name\": \"v\", \"type\": \"bytes\"}";
        ByteBuffer floats = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        floats.putFloat(0.5f).putFloat(-2).flip();
        String inputs = "[{vector: {field: v, width: 2}}]";

        assertThat(Records.features(inputs, with("v", List.of(0.5f, -2f), array)))
                .containsExactly(0.5f, -2);
        assertThat(Records.features(inputs, with("v", floats, bytes))).containsExactly(0.5f, -2);
        assertThatThrownBy(() -> Records.features(inputs, with("v", List.of(1f), array)))
                .hasMessage("v must be a vector of 2. Received: 1 numbers");
        assertThatThrownBy(() -> Records.features(inputs, with("v", Arrays.asList(1f, null), array)))
                .hasMessage("v[1] must have a value. Received: nothing");
    }

    @Test
    void rawPixelsAreUnsignedBytes() {
        String inputs = "[{image: {field: pixels, shape: [1, 2, 1], scale: 0.5}}]";

        assertThat(Records.features(inputs, with("pixels", ByteBuffer.wrap(new byte[] {2, (byte) 255}), PIXELS)))
                .containsExactly(1, 127.5f);
        assertThatThrownBy(() -> Records.features(inputs, with("pixels", ByteBuffer.wrap(new byte[3]), PIXELS)))
                .hasMessage("pixels must have 2 bytes for 1 x 2 x 1 pixels. Received: 3");
    }

    @Test
    void imageFilesAreDecodedAfterTheirSizeIsChecked() throws IOException {
        BufferedImage color = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        color.setRGB(0, 0, 0x102030);
        color.setRGB(1, 0, 0xff0080);
        BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setSample(1, 0, 0, 77);
        String rgb = "[{image: {field: pixels, format: encoded, shape: [1, 2, 3], scale: 1}}]";
        String one = "[{image: {field: pixels, format: encoded, shape: [1, 2, 1], scale: 1}}]";

        assertThat(Records.features(rgb, png(color))).containsExactly(0x10, 0x20, 0x30, 0xff, 0, 0x80);
        assertThat(Records.features(one, png(gray))).containsExactly(0, 77);
        assertThatThrownBy(() ->
                        Records.features("[{image: {field: pixels, format: encoded, shape: [28, 28, 1]}}]", png(gray)))
                .hasMessage("pixels must be an image of 28 x 28 pixels. Received: 1 x 2");
        assertThatThrownBy(() -> Records.features(one, with("pixels", ByteBuffer.wrap(new byte[9]), PIXELS)))
                .hasMessage("pixels must be a PNG or JPEG file. Received: 9 bytes that begin as neither");
    }

    /** Two squares of one color each, as large as the blocks that JPEG halves the resolution of colors in. */
    @Test
    void aJpegIsReadAsItsPixelsToTheAccuracyOfItsFormat() throws IOException {
        BufferedImage color = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
        BufferedImage gray = new BufferedImage(32, 16, BufferedImage.TYPE_BYTE_GRAY);
        for (int row = 0; row < 16; row++) {
            for (int column = 0; column < 32; column++) {
                color.setRGB(column, row, column < 16 ? 0xc86432 : 0x1e78dc);
                gray.getRaster().setSample(column, row, 0, column < 16 ? 77 : 200);
            }
        }

        float[] rgb = Records.features(
                "[{image: {field: pixels, format: encoded, shape: [16, 32, 3], scale: 1}}]", file(color, "jpeg"));
        float[] one = Records.features(
                "[{image: {field: pixels, format: encoded, shape: [16, 32, 1], scale: 1}}]", file(gray, "jpeg"));

        // A square has a mean alone, which quality 0.75 keeps in steps of about one level of brightness and of each
        // color
        // difference; those enter blue with a factor of 1.8, and all is rounded twice: 3 levels at most.
        for (int row = 0; row < 16; row++) {
            for (int column = 0; column < 32; column++) {
                int pixel = row * 32 + column;
                assertThat(one[pixel]).isCloseTo(column < 16 ? 77 : 200, within(3f));
                if (column == 15 || column == 16) continue; // where the colors, of half the resolution, meet
                assertThat(rgb[3 * pixel]).isCloseTo(column < 16 ? 0xc8 : 0x1e, within(3f));
                assertThat(rgb[3 * pixel + 1]).isCloseTo(column < 16 ? 0x64 : 0x78, within(3f));
                assertThat(rgb[3 * pixel + 2]).isCloseTo(column < 16 ? 0x32 : 0xdc, within(3f));
            }
        }
    }

    @Test
    void aJpegOfAnotherSizeOrCutOffIsRefused() throws IOException {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        String shape = "[{image: {field: pixels, format: encoded, shape: [2, 2, 3]}}]";
        byte[] whole = ((ByteBuffer) file(image, "jpeg").get("pixels")).array();
        ByteBuffer begun = ByteBuffer.wrap(Arrays.copyOf(whole, 40));

        assertThatThrownBy(() -> Records.features(shape, file(image, "jpeg")))
                .hasMessage("pixels must be an image of 2 x 2 pixels. Received: 2 x 3");
        assertThatThrownBy(() -> Records.features(shape, with("pixels", begun, PIXELS)))
                .hasMessageStartingWith("pixels must be a PNG or JPEG file. Received: a damaged one, ");
    }

    private static GenericRecord png(BufferedImage image) throws IOException {
        return file(image, "png");
    }

    private static GenericRecord file(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return with("pixels", ByteBuffer.wrap(bytes.toByteArray()), PIXELS);
    }

    @Test
    void theWeightOfAClassMultipliesThatOfTheRecord() {
        Schema schema = Records.schema(
                PRICE,
                "{\"name\": \"outcome\", \"type\": \"string\"}",
                "{\"name\": \"importance\", \"type\": \"float\"}");
        FeatureMapping mapping = FeatureMapping.of(Records.spec("""
                inputs: [{numeric: {field: price}}]
                label: {field: outcome, classes: [LOST, WON], class-weights: [0.5, 3]}
                weight: {field: importance}
                """), schema);
        GenericRecord record = new GenericData.Record(schema);
        record.put("price", 1.0);
        record.put("importance", 2f);

        record.put("outcome", "LOST");
        assertThat(Records.map(mapping, record).weight).isEqualTo(1);
        record.put("outcome", "WON");
        assertThat(Records.map(mapping, record).weight).isEqualTo(6);
        assertThat(Records.map(FeatureMapping.fromJson(mapping.toJson()), record).weight)
                .isEqualTo(6);
    }

    @Test
    void labelWeightIdAndTimeComeFromTheirFields() {
        Schema schema = Records.schema(
                PRICE,
                "{\"name\": \"outcome\", \"type\": [\"null\", \"string\"]}",
                "{\"name\": \"importance\", \"type\": [\"null\", \"float\"]}",
                "{\"name\": \"auction\", \"type\": \"long\"}",
                "{\"name\": \"at\", \"type\": \"string\"}");
        FeatureMapping mapping = FeatureMapping.of(Records.spec("""
                inputs: [{numeric: {field: price}}]
                label: {field: outcome, classes: [LOST, WON]}
                weight: {field: importance, default: 2}
                id: {field: auction}
                event-time: {field: at}
                """), schema);
        GenericRecord record = new GenericData.Record(schema);
        record.put("price", 1.0);
        record.put("outcome", "WON");
        record.put("auction", 77L);
        record.put("at", "2026-01-31T12:00:00+01:00");

        DecodedSample sample = Records.map(mapping, record);

        assertThat(sample.labels[0]).isEqualTo(1);
        assertThat(sample.labelCount).isEqualTo(1);
        assertThat(sample.weight).isEqualTo(2);
        assertThat(sample.eventTime)
                .isEqualTo(Instant.parse("2026-01-31T11:00:00Z").toEpochMilli());
        assertThat(mapping.mapper().id(Records.resolved(record, mapping.schema())))
                .isEqualTo("77");
        record.put("importance", -1f);
        rejects(mapping, record, RejectionReason.BAD_WEIGHT, "importance must be finite and >= 0. Received: -1.0");
        record.put("importance", 1f);
        record.put("outcome", "DRAWN");
        rejects(
                mapping,
                record,
                RejectionReason.BAD_LABEL,
                "outcome must be one of the classes [LOST, WON]. Received: DRAWN");
        record.put("outcome", null);
        rejects(mapping, record, RejectionReason.BAD_LABEL, "outcome must have a value, the label. Received: nothing");
        record.put("outcome", "LOST");
        record.put("at", "yesterday");
        rejects(
                mapping,
                record,
                RejectionReason.BAD_TIME,
                "at must be ISO text like 2026-01-31T12:00:00Z. Received: yesterday");
    }

    private static void rejects(FeatureMapping mapping, GenericRecord record, RejectionReason reason, String detail) {
        assertThatThrownBy(() -> Records.map(mapping, record))
                .isInstanceOfSatisfying(
                        UnmappableException.class,
                        e -> assertThat(e.rejection().reason()).isEqualTo(reason))
                .hasMessage(detail);
    }

    @Test
    void aMappingTravelsAsTextAndStaysTheSame() {
        FeatureMapping mapping = FeatureMapping.of(
                Records.spec("""
                        inputs:
                          - numeric: {field: price, missing: 0, indicator: true}
                          - text: {field: body, hash: 8}
                          - categorical: {field: body, vocabulary: [a]}
                          - categorical: {field: body, hash: 4}
                          - categorical: {field: body, hash: 4, encoding: id}
                          - text: {field: body, hash: 8, length: 2}
                          - cross: {fields: [body, price2], hash: 4}
                          - vector: {field: v, width: 1}
                          - image: {field: pixels, shape: [1, 1, 1]}
                        label: {field: price}
                        weight: {field: price}
                        """),
                Records.schema(
                        PRICE,
                        BODY,
                        PIXELS,
                        "{\"name\": \"unused\", \"type\": \"string\"}",
                        "{\"name\": \"price2\", \"type\": \"int\"}",
                        "{\"name\": \"v\", \"type\": {\"type\": \"array\", \"items\": \"int\"}}"));

        FeatureMapping read = FeatureMapping.fromJson(mapping.toJson());

        assertThat(read).isEqualTo(mapping);
        assertThat(read.schema().getField("unused")).isNull();
        assertThat(read.spec().names())
                .hasSize(read.spec().width())
                .startsWith("price", "price?", "body#0")
                .contains("body=a", "body=*", "body", "body[1]", "body&price2#3", "v[0]", "pixels[0,0,0]");
        assertThat(mapping.withoutLabel().schema().getField("price")).isNotNull();
    }
}
