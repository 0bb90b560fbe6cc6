package dev.millrace.pipeline.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommandsOnTheWireTest {
    private static final CommandCodec CODEC = new CommandCodec();

    private static List<Command> read(byte @Nullable [] key, byte @Nullable [] value) {
        List<Command> commands = new ArrayList<>();
        new CommandDeserializer("ctr")
                .deserialize(new ConsumerRecord<>("control", 1, 7, key, value), new ListCollector<>(commands));
        return commands;
    }

    private static Command full(Action action) {
        return Command.of("c-1", "ctr", action)
                .withSize(64)
                .withBounds(1, 128)
                .withPolicy("auto")
                .withLearningRate(0.5)
                .withVersion(41)
                .withPin(true)
                .from("ada", "complaints since noon");
    }

    @ParameterizedTest
    @EnumSource
    void aCommandComesBackFromTheWireAndFromAnEdge(Action action) throws IOException {
        TypeSerializer<Command> serializer = CommandSerializer.TYPE.createSerializer(new SerializerConfigImpl());
        for (Command command : List.of(full(action), Command.of("c-2", "ctr", action))) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            serializer.serialize(command, out);

            assertThat(CODEC.decode(CODEC.encode(command))).isEqualTo(command);
            assertThat(serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer())))
                    .isEqualTo(command);
        }
    }

    @Test
    void aRecordThatIsNoCommandCrossesAnEdgeToo() throws IOException {
        TypeSerializer<Command> serializer = CommandSerializer.TYPE.createSerializer(new SerializerConfigImpl());
        Command malformed = Command.malformed("ctr", 5, "why");
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(malformed, out);

        assertThat(serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer())))
                .isEqualTo(malformed);
    }

    @Test
    void anotherModelsCommandsArePassedOver() {
        byte[] command = CODEC.encode(Command.of("c-1", "bids", Action.PAUSE));

        assertThat(read("bids".getBytes(UTF_8), command)).isEmpty();
        assertThat(read("bids".getBytes(UTF_8), new byte[] {1, 2, 3})).isEmpty();
    }

    @Test
    void aRecordThatIsNoCommandSaysWhereItIsAndWhy() {
        List<Command> read = read("ctr".getBytes(UTF_8), new byte[] {1, 2, 3});

        assertThat(read).hasSize(1);
        assertThat(read.get(0).action()).isNull();
        assertThat(read.get(0).problem())
                .startsWith(
                        "control, partition 1, offset 7: not a record of schema dev.millrace.schemas.ControlCommand");
        assertThat(read(null, null))
                .hasSize(1)
                .allMatch(command -> command.problem().contains("without value"));
        assertThat(read(null, new byte[CommandDeserializer.MAX_BYTES + 1]))
                .allMatch(command -> command.problem().contains("must have <= 16384 bytes. Received: 16385"));
    }

    @Test
    void damagedBytesAreNoCommandAndAllocateNothing() {
        byte[] whole = CODEC.encode(full(Action.PIN_BATCH_SIZE));
        for (int length = 0; length < whole.length; length++) {
            assertThat(read(null, Arrays.copyOf(whole, length))).allMatch(command -> command.action() == null);
        }
        byte[] hostile = Arrays.copyOf(whole, 16); // a header, and an id of two thousand million characters
        Arrays.fill(hostile, 10, 14, (byte) 0xFE);
        hostile[14] = 0x0F;
        assertThat(read(null, hostile)).hasSize(1).allMatch(command -> command.action() == null);
        Arrays.fill(hostile, 10, 16, (byte) 0xFF);
        assertThat(read(null, hostile)).hasSize(1).allMatch(command -> command.action() == null);
        hostile[10] = 0x7F; // a length of -64
        assertThat(read(null, hostile)).hasSize(1).allMatch(command -> command.action() == null);
    }
}
