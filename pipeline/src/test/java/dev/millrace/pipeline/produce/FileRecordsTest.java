package dev.millrace.pipeline.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.dataset.RecordFile;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRecordsTest {
    private static final Schema MAIL = new Schema.Parser().parse("""
            {"type": "record", "name": "Mail", "fields": [
              {"name": "text", "type": "string"},
              {"name": "spam", "type": ["null", "boolean"], "default": null},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": 0}]}
            """);

    @TempDir
    Path directory;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static List<GenericRecord> sent(RecordFile file, int epochs, WireFormat wire) throws IOException {
        List<GenericRecord> records = new ArrayList<>();
        GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(MAIL);
        try (Messages messages = new FileRecords(file, epochs).encoded(wire, 77)) {
            byte[] next;
            while ((next = messages.next()) != null) {
                assertHeader(next, wire);
                int header = wire.headerBytes();
                records.add(reader.read(
                        null, DecoderFactory.get().binaryDecoder(next, header, next.length - header, null)));
            }
        }
        return records;
    }

    private static void assertHeader(byte[] message, WireFormat wire) {
        if (wire == WireFormat.CONFLUENT) {
            assertThat(ByteBuffer.wrap(message).get(0)).isZero();
            assertThat(ByteBuffer.wrap(message).getInt(1)).isEqualTo(77);
        } else if (wire == WireFormat.SINGLE_OBJECT) {
            assertThat(ByteBuffer.wrap(message).getShort(0)).isEqualTo((short) 0xC301);
            assertThat(Long.reverseBytes(ByteBuffer.wrap(message).getLong(2)))
                    .isEqualTo(SchemaNormalization.parsingFingerprint64(MAIL));
        }
    }

    @Test
    void jsonLinesAreWrittenAsRecordsOfTheSchemaInEveryWireFormat() throws IOException {
        Path file = file("mails.jsonl", """
                {"text": "buy now", "spam": true, "at": "2026-05-31T12:00:00Z", "folder": "no field of the schema"}

                {"text": "minutes of Monday"}
                """);

        for (WireFormat wire : WireFormat.values()) {
            List<GenericRecord> records = sent(new RecordFile(file, MAIL), 1, wire);

            assertThat(records).hasSize(2);
            assertThat(records.get(0).get("text")).hasToString("buy now");
            assertThat(records.get(0).get("spam")).isEqualTo(true);
            assertThat(records.get(0).get("at")).isEqualTo(1_780_228_800_000L);
            assertThat(records.get(1).get("spam")).isNull();
        }
    }

    @Test
    void recordsOfAContainerFileAreSentAsTheyAreOncePerEpoch() throws IOException {
        Path file = directory.resolve("mails.avro");
        GenericRecord mail = new GenericData.Record(MAIL);
        mail.put("text", "only one");
        mail.put("spam", false);
        mail.put("at", 5L);
        try (DataFileWriter<GenericRecord> writer =
                new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(MAIL)).create(MAIL, file.toFile())) {
            writer.append(mail);
        }

        List<GenericRecord> records = sent(new RecordFile(file, null), 3, WireFormat.RAW);

        assertThat(records)
                .hasSize(3)
                .allSatisfy(record -> assertThat(record.toString()).isEqualTo(mail.toString()));
    }

    @Test
    void aLineThatIsNoRecordIsNamedWithTheFieldAndItsType() throws IOException {
        Path file = file("mails.jsonl", "{\"text\": \"fine\"}\n{\"text\": 5}\n");

        assertThatThrownBy(() -> sent(new RecordFile(file, MAIL), 1, WireFormat.RAW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file + ": line 2 must be a record of Mail")
                .hasMessageContaining("text");
    }

    @Test
    void aLineThatIsNoJsonIsNamed() throws IOException {
        Path file = file("mails.jsonl", "text: fine\n");

        assertThatThrownBy(() -> sent(new RecordFile(file, MAIL), 1, WireFormat.RAW))
                .hasMessageContaining(file + ": line 1 must be a record of Mail");
    }

    @Test
    void aMissingFieldWithoutDefaultIsNamed() throws IOException {
        Path file = file("mails.jsonl", "{\"spam\": true}\n");

        assertThatThrownBy(() -> sent(new RecordFile(file, MAIL), 1, WireFormat.RAW))
                .hasMessageContaining(file + ": line 1 must be a record of Mail")
                .hasMessageContaining("text");
    }

    @Test
    void aFileThatIsNoContainerIsRefusedAtOnce() throws IOException {
        Path file = file("mails.avro", "plain text");

        assertThatThrownBy(() -> new FileRecords(new RecordFile(file, null), 1))
                .hasMessageStartingWith(file + ": must be an Avro object container file");
    }
}
