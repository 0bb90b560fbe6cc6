package dev.millrace.pipeline.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.serializer.FloatArrays;
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

    @Test
    void aPauseTravelsWithTheBlockAndFormatOneKnewNone() throws IOException {
        ParameterBlock paused = block(0, 1f);
        paused.paused = true;
        DataOutputSerializer formatOne = new DataOutputSerializer(64);
        formatOne.writeByte(1);
        formatOne.writeLong(7);
        formatOne.writeLong(3);
        for (int number : new int[] {0, 1, 0, 32, 1}) formatOne.writeInt(number);
        FloatArrays.write(paused.values, 0, 1, formatOne);

        ParameterBlock old =
                new ParameterBlockSerializer().deserialize(new DataInputDeserializer(formatOne.getCopyOfBuffer()));

        assertThat(read(new ParameterBlockSerializer(), paused).paused).isTrue();
        assertThat(old.paused).isFalse();
        assertThat(old.globalBatch).isEqualTo(32);
        assertThat(old.values).containsExactly(1f);
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
