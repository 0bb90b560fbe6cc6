package dev.millrace.model.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A change of the champion, of its pin or of what trains the model, for the audit.
 *
 * @param revision of the aliases after it
 * @param time milliseconds since the epoch
 * @param from the champion before; null for none
 * @param to the champion after; null for none
 * @param pinned whether it is pinned after
 * @param who {@link #GATE}, {@link #RULE}, or the user who sent the command, as the sender says
 * @param command its id; empty for the gate and the rule
 * @param reason why
 */
public record AliasChange(
        long revision,
        long time,
        Kind kind,
        @Nullable Long from,
        @Nullable Long to,
        boolean pinned,
        String who,
        String command,
        String reason) {
    /** Who promotes automatically. */
    public static final String GATE = "gate";

    /** Who has model and challenger change roles automatically. */
    public static final String RULE = "rule";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What was done. */
    public enum Kind {
        PROMOTE,
        ROLLBACK,
        PIN,
        UNPIN,
        /** A job that began took over what had been published without it. */
        ADOPT,
        /** Model and challenger changed roles; the champion stays until a version of the new model is promoted. */
        SWAP;

        /** In lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws IllegalArgumentException for an unknown word */
        public static Kind ofWord(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** One line of JSON, without its end. */
    public String toJson() {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("revision", revision);
        tree.put("time", Instant.ofEpochMilli(time).toString());
        tree.put("change", kind.word());
        tree.put("from", from);
        tree.put("to", to);
        tree.put("pinned", pinned);
        tree.put("who", who);
        tree.put("command", command);
        tree.put("reason", reason);
        return tree.toString();
    }

    /** @throws SnapshotException if it is not what {@link #toJson} writes */
    public static AliasChange fromJson(String json) {
        try {
            JsonNode tree = JSON.readTree(json);
            return new AliasChange(
                    tree.path("revision").asLong(),
                    Instant.parse(tree.path("time").asText()).toEpochMilli(),
                    Kind.ofWord(tree.path("change").asText()),
                    version(tree.path("from")),
                    version(tree.path("to")),
                    tree.path("pinned").asBoolean(),
                    tree.path("who").asText(),
                    tree.path("command").asText(),
                    tree.path("reason").asText());
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeParseException e) {
            throw new SnapshotException("An entry of the audit cannot be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable Long version(JsonNode node) {
        return node.isIntegralNumber() ? Long.valueOf(node.longValue()) : null;
    }
}
