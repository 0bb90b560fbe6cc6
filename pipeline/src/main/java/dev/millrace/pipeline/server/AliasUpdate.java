package dev.millrace.pipeline.server;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import java.util.List;

/**
 * What a snapshot record says of the aliases.
 *
 * @param aliases from now on
 * @param changes of the champion since the update before, oldest first
 */
public record AliasUpdate(Aliases aliases, List<AliasChange> changes) {

    public AliasUpdate {
        changes = List.copyOf(changes);
    }

    /** A line of JSON for the aliases and one for each change. */
    public String toText() {
        StringBuilder text = new StringBuilder(aliases.toJson());
        for (AliasChange change : changes) text.append('\n').append(change.toJson());
        return text.toString();
    }

    /** @throws dev.millrace.model.snapshot.SnapshotException if it is not what {@link #toText} writes */
    public static AliasUpdate ofText(String text) {
        List<String> lines = text.lines().toList();
        return new AliasUpdate(
                Aliases.fromJson(lines.isEmpty() ? "" : lines.get(0)),
                lines.stream().skip(1).map(AliasChange::fromJson).toList());
    }
}
