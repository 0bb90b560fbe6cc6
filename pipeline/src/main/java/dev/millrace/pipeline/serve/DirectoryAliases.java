package dev.millrace.pipeline.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.model.snapshot.SnapshotDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Aliases in the file beside the versions; none where there is no file. */
final class DirectoryAliases implements AliasTable {
    private final Path file;

    DirectoryAliases(Path root) {
        this.file = root.resolve(SnapshotDirectory.ALIASES);
    }

    @Override
    public Aliases read() throws IOException {
        JsonNode tree;
        try {
            tree = Json.MAPPER.readTree(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Aliases.NONE;
        }
        Map<String, Long> versions = new TreeMap<>();
        for (Map.Entry<String, JsonNode> alias : tree.path("aliases").properties()) {
            versions.put(alias.getKey(), alias.getValue().longValue());
        }
        return new Aliases(
                tree.path("revision").longValue(), tree.path("pinned").booleanValue(), versions);
    }
}
