package dev.millrace.model.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which versions of a model the aliases point to.
 *
 * @param model name
 * @param revision strictly rises with every change of any alias or pin; 0: nothing was ever published
 * @param pinned whether the champion stays until a person moves or unpins it
 * @param champion the last version that the gate, or a person, promoted; null before the first
 * @param candidate the newest version; null before the first
 * @param previous the champion before, which a rollback goes back to; null for none
 */
public record Aliases(
        String model,
        long revision,
        boolean pinned,
        @Nullable Long champion,
        @Nullable Long candidate,
        @Nullable Long previous) {
    public static final String CHAMPION = "champion";
    public static final String CANDIDATE = "candidate";

    private static final String PREVIOUS = "previousChampion";
    private static final ObjectMapper JSON = new ObjectMapper();

    public Aliases {
        if (!SnapshotManifest.isName(model)) {
            throw new SnapshotException("model name must be 1 to 200 of a-z A-Z 0-9 . _ -. Received: " + model);
        }
        if (revision < 0) throw new SnapshotException("revision must be >= 0. Received: " + revision);
    }

    /** Versions by alias; those that point nowhere are absent. */
    public Map<String, Long> versions() {
        Map<String, Long> versions = new TreeMap<>();
        if (champion != null) versions.put(CHAMPION, champion);
        if (candidate != null) versions.put(CANDIDATE, candidate);
        return versions;
    }

    /** {@code {"model": "ctr", "revision": 7, "pinned": false, "aliases": {"candidate": 44, "champion": 41}}}. */
    public String toJson() {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("model", model);
        tree.put("revision", revision);
        tree.put("pinned", pinned);
        ObjectNode versions = tree.putObject("aliases");
        versions().forEach(versions::put);
        if (previous != null) tree.put(PREVIOUS, previous);
        return tree.toString();
    }

    /** @throws SnapshotException if it is not what {@link #toJson} writes; what it does not know it passes over */
    public static Aliases fromJson(String json) {
        try {
            JsonNode tree = JSON.readTree(json);
            JsonNode versions = tree.path("aliases");
            Long revision = number(tree.path("revision"), "revision");
            if (revision == null) throw new SnapshotException("The aliases lack a revision");
            return new Aliases(
                    tree.path("model").asText(""),
                    revision,
                    tree.path("pinned").asBoolean(false),
                    number(versions.path(CHAMPION), CHAMPION),
                    number(versions.path(CANDIDATE), CANDIDATE),
                    number(tree.path(PREVIOUS), PREVIOUS));
        } catch (JsonProcessingException e) {
            throw new SnapshotException("The aliases are not well-formed: " + e.getOriginalMessage(), e);
        }
    }

    private static @Nullable Long number(JsonNode node, String name) {
        if (node.isMissingNode() || node.isNull()) return null;
        if (node.isIntegralNumber() && node.canConvertToLong()) return node.longValue();
        throw new SnapshotException(name + " must be an integer. Received: " + node);
    }
}
