package dev.millrace.pipeline.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class ParameterBlockSerializerTest {

    @Test
    void blocksReadFromStateHaveArraysOfTheirOwn() throws IOException {
        TypeSerializer<ParameterBlock> serializer = new ParameterBlockSerializer();

        ParameterBlock first = read(serializer, block(0, 1f, 2f));
        ParameterBlock second = read(serializer, block(1, 3f, 4f));

        assertThat(first.values).containsExactly(1f, 2f);
        assertThat(second.values).containsExactly(3f, 4f);
    }

    @Test
    void aCopyOfABlockFromTheEdgeOutlivesTheNextRead() throws IOException {
        TypeSerializer<ParameterBlock> serializer =
                ParameterBlockSerializer.TYPE.createSerializer(new SerializerConfigImpl());

        ParameterBlock copy = serializer.copy(read(serializer, block(0, 1f, 2f)));
        ParameterBlock kept = new ParameterBlock();
        kept.set(read(serializer, block(1, 3f, 4f)));
        ParameterBlock last = read(serializer, block(2, 5f, 6f));

        assertThat(copy.values).containsExactly(1f, 2f);
        assertThat(kept.values).containsExactly(3f, 4f);
        assertThat(kept.block).isEqualTo(1);
        assertThat(last.values).containsExactly(5f, 6f);
    }

    private static ParameterBlock block(int number, float... values) {
        ParameterBlock block = new ParameterBlock();
        block.block = number;
        block.blocks = 3;
        block.length = values.length;
        block.values = values;
        return block;
    }

    private static ParameterBlock read(TypeSerializer<ParameterBlock> serializer, ParameterBlock written)
            throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(written, out);
        return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }
}
