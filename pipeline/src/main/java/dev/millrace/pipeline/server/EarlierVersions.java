package dev.millrace.pipeline.server;

import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.pipeline.server.PublishedVersions.Newest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was published before a job began. Its versions and revisions go on above that: from an older savepoint, or from no
 * checkpoint at all, they would be numbers that readers have seen, and readers do not go back.
 */
final class EarlierVersions {
    private static final Logger LOG = LoggerFactory.getLogger(EarlierVersions.class);

    private final Map<String, Newest> onTopic = new HashMap<>(); // by model
    private long newest;

    private EarlierVersions() {}

    /**
     * Looks for those of the model and of the challenger.
     *
     * @throws Exception if the topic cannot be read; a directory that cannot be leaves it to its sink to fail
     */
    static EarlierVersions of(ServerSettings settings) throws Exception {
        EarlierVersions found = new EarlierVersions();
        PublicationSettings publication = settings.publication();
        found.look(settings.model(), publication.directory(), publication.onTopic());
        ChallengerSettings second = settings.challenger();
        if (second != null) found.look(second.model(), second.directory(), publication.onTopic());
        return found;
    }

    private void look(String model, @Nullable String directory, @Nullable PublishedVersions topic) throws Exception {
        if (directory != null) newest = Math.max(newest, inDirectory(model, directory));
        if (topic == null) return;
        Newest there = topic.newest(model);
        onTopic.put(model, there);
        newest = Math.max(newest, there.version());
    }

    private static long inDirectory(String model, String directory) {
        try {
            return DirectoryStanding.newest(model, directory);
        } catch (SnapshotException | IOException | UncheckedIOException e) {
            LOG.warn("{}: whether versions above its own are in {} cannot be told", model, directory, e);
            return 0;
        }
    }

    /** The highest version of either, wherever it is; 0 for none. */
    long newest() {
        return newest;
    }

    /**
     * What a job that begins makes of its standing: aliases that were moved without it.
     *
     * @param now milliseconds since the epoch
     */
    Standing adopt(Standing standing, String model, @Nullable String directory, long now) {
        Standing known = DirectoryStanding.adopt(standing, model, directory, now);
        Newest there = onTopic.getOrDefault(model, Newest.NONE);
        return there.aliases() == null ? known : known.adopting(there.aliases(), "the model topic", now);
    }
}
