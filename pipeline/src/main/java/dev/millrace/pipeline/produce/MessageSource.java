package dev.millrace.pipeline.produce;

import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;

/** What can be sent to a topic, in any wire format. */
@FunctionalInterface
public interface MessageSource {

    /**
     * Begins with the first message.
     *
     * @param schemaId of the messages' schema in the registry; for {@link WireFormat#CONFLUENT} alone
     */
    Messages encoded(WireFormat wire, int schemaId) throws IOException;
}
