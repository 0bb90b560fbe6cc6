package dev.millrace.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SampleEncoderTest {

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void shouldWriteWhatAvroReads(WireFormat wire) {
        float[] features = {0.25f, -8f, 9f};
        float[] labels = {2f, 7f};

        byte[] bytes = new SampleEncoder(wire, 258).encode("a-1", -3, 2.5f, features, 2, labels, 1);

        GenericRecord read = AvroBytes.read(bytes, wire.headerBytes());
        assertThat(read.get("id")).hasToString("a-1");
        assertThat(read.get("eventTime")).isEqualTo(-3L);
        assertThat(read.get("weight")).isEqualTo(2.5f);
        assertThat(read.get("dense")).isEqualTo(AvroBytes.packed(0.25f, -8f));
        assertThat((List<?>) read.get("labels")).isEqualTo(List.of(2f));
        assertThat((List<?>) read.get("tokens")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void shouldBeReadBack(WireFormat wire) {
        byte[] bytes = new SampleEncoder(wire, SchemaCatalog.OWN_ID)
                .encode(null, 1, 1, new float[] {4f}, 1, new float[] {1f}, 1);
        DecodedSample sample = new DecodedSample();

        Rejection rejection =
                new SampleDecoder(wire, SchemaCatalog.builtIn(), new SampleLimits(100)).decode(bytes, sample);

        assertThat(rejection).isNull();
        assertThat(sample.dense[0]).isEqualTo(4f);
        assertThat(sample.labels[0]).isEqualTo(1f);
    }
}
