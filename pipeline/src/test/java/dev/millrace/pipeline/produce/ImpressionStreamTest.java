package dev.millrace.pipeline.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class ImpressionStreamTest {
    private static final int SOME = 20_000;
    private static final Schema SCHEMA = ImpressionStream.schema();

    private static GenericRecord read(byte[] value) throws IOException {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(value, null);
        GenericRecord record = new GenericDatumReader<GenericRecord>(SCHEMA).read(null, decoder);
        assertThat(decoder.isEnd()).isTrue();
        return record;
    }

    @Test
    void recordsAreReadBackBySchemaWithCountsCategoriesAndSomeMissing() throws IOException {
        ImpressionStream stream = new ImpressionStream(3, WireFormat.RAW, 0);
        int missing = 0;
        Set<Object> first = new HashSet<>();
        Set<Object> last = new HashSet<>();
        for (int i = 0; i < SOME; i++) {
            GenericRecord record = read(stream.next());
            assertThat(record.get("clicked")).isEqualTo(stream.clicked());
            if (record.get("n13") == null) missing++;
            else assertThat((long) record.get("n13")).isBetween(0L, 54L);
            first.add(String.valueOf(record.get("c1")));
            last.add(String.valueOf(record.get("c26")));
        }

        assertThat(missing).isBetween(SOME * 2 / 100, SOME * 4 / 100);
        assertThat(first).as("values of the first category, and null").hasSize(5);
        assertThat(last).as("values of the last").hasSizeGreaterThan(SOME / 4);
    }

    @Test
    void clicksComeAsOftenAsTheTeacherSays() throws IOException {
        ImpressionStream stream = new ImpressionStream(4, WireFormat.RAW, 0);
        double expected = 0;
        double variance = 0;
        int clicks = 0;
        for (int i = 0; i < SOME; i++) {
            stream.next();
            expected += stream.probability();
            variance += stream.probability() * (1 - stream.probability());
            if (stream.clicked()) clicks++;
        }

        assertThat((double) clicks).isCloseTo(expected, within(4 * Math.sqrt(variance)));
        assertThat(clicks).isBetween(SOME / 20, SOME / 2);
    }

    @Test
    void theSameSeedGivesTheSameClicks() throws IOException {
        ImpressionStream one = new ImpressionStream(5, WireFormat.RAW, 0);
        ImpressionStream other = new ImpressionStream(5, WireFormat.RAW, 0);
        for (int i = 0; i < 1_000; i++) {
            GenericRecord record = read(one.next());
            record.put("at", 0L);
            GenericRecord again = read(other.next());
            again.put("at", 0L);
            assertThat(again).isEqualTo(record);
        }
    }

    @Test
    void theExamplesSchemaIsTheGenerators() throws IOException {
        Path example = Path.of("..", "deploy", "examples", "impression.avsc");

        assertThat(new Schema.Parser().parse(Files.readString(example))).isEqualTo(SCHEMA);
    }
}
