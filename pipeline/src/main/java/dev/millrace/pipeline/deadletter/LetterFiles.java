package dev.millrace.pipeline.deadletter;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.header.Header;

/**
 * Writes the records that letters hold to files, named by the position that the job read them from:
 * {@code clicks-3@8812.value}, {@code .key}, and {@code .json} with what the letter says.
 *
 * @param directory made if it is not there
 */
public record LetterFiles(Path directory) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Writes a letter's record; a key or value that is null has no file. */
    public void write(Letter letter) throws IOException {
        Files.createDirectories(directory);
        String name = letter.source().toString();
        if (letter.key() != null) Files.write(directory.resolve(name + ".key"), letter.key());
        if (letter.value() != null) Files.write(directory.resolve(name + ".value"), letter.value());
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json(letter));
        Files.write(directory.resolve(name + ".json"), json);
    }

    private static ObjectNode json(Letter letter) {
        ObjectNode json = JSON.createObjectNode()
                .put("reason", letter.reason())
                .put("detail", letter.detail())
                .put("source", letter.source().toString())
                .put("letter", letter.place().toString())
                .put("written", letter.written())
                .put("timestamp", letter.timestamp())
                .put("valueLength", letter.valueLength())
                .put("truncated", letter.truncated());
        if (letter.mark() != null) json.put("replayed", letter.mark().toString());
        ArrayNode headers = json.putArray("headers");
        for (Header header : letter.headers()) {
            // Values are bytes; Jackson writes them as base64.
            headers.addObject().put("key", header.key()).put("value", header.value());
        }
        return json;
    }
}
