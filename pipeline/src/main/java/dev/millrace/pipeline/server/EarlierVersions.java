package dev.millrace.pipeline.server;

import dev.millrace.model.snapshot.SnapshotException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was published before a job began. Its versions go on above that: from an older savepoint, or from no checkpoint at all,
 * they would be numbers that readers have seen, and readers do not go back.
 */
final class EarlierVersions {
    private static final Logger LOG = LoggerFactory.getLogger(EarlierVersions.class);

    private EarlierVersions() {}

    /** The newest version that was published of the model or the challenger, wherever they are; 0 for none. */
    static long newest(ServerSettings settings) {
        PublicationSettings publication = settings.publication();
        long newest = newest(settings.model(), publication.directory(), publication.onTopic());
        ChallengerSettings second = settings.challenger();
        if (second == null) return newest;
        return Math.max(newest, newest(second.model(), second.directory(), publication.onTopic()));
    }

    private static long newest(String model, @Nullable String directory, @Nullable PublishedVersions onTopic) {
        long there = directory == null ? 0 : newest(model, directory);
        return onTopic == null ? there : Math.max(there, newest(model, onTopic));
    }

    private static long newest(String model, String directory) {
        try {
            return DirectoryStanding.newest(model, directory);
        } catch (SnapshotException | IOException | UncheckedIOException e) {
            LOG.warn("{}: whether versions above its own are in {} cannot be told", model, directory, e);
            return 0;
        }
    }

    private static long newest(String model, PublishedVersions onTopic) {
        try {
            return onTopic.newest(model);
        } catch (Exception e) { // the sink says more if it lasts
            LOG.warn("{}: whether versions above its own are on the model topic cannot be told", model, e);
            return 0;
        }
    }
}
