package dev.millrace.pipeline.control;

import dev.millrace.schemas.ControlAction;
import dev.millrace.schemas.ControlCommand;
import dev.millrace.schemas.wire.AvroFraming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Commands as they travel: {@link ControlCommand} in Avro's single-object encoding. */
public final class CommandCodec {

    private final AvroFraming<ControlCommand> framing = new AvroFraming<>(ControlCommand.class);

    /** @throws IllegalArgumentException for what is no command */
    public byte[] encode(Command command) {
        Action action = command.action();
        if (action == null) throw new IllegalArgumentException("a command needs an action. Received: " + command);
        return framing.encode(new ControlCommand(
                command.id(),
                command.model(),
                Instant.ofEpochMilli(command.time()),
                ControlAction.valueOf(action.name()),
                command.size(),
                command.min(),
                command.max(),
                command.policy(),
                command.learningRate(),
                command.version(),
                command.pin(),
                command.user(),
                command.reason()));
    }

    /** @throws IllegalArgumentException if the bytes are no command */
    public Command decode(byte @Nullable [] bytes) {
        if (bytes == null) throw new IllegalArgumentException("a record without value");
        ControlCommand c = framing.decode(bytes);
        return new Command(
                c.getId(),
                c.getModel(),
                c.getTime().toEpochMilli(),
                Action.valueOf(c.getAction().name()),
                c.getSize(),
                c.getMin(),
                c.getMax(),
                c.getPolicy(),
                c.getLearningRate(),
                c.getVersion(),
                c.getPin(),
                c.getUser(),
                c.getReason(),
                "");
    }
}
