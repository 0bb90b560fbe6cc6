package dev.millrace.pipeline.serve;

import dev.millrace.model.client.DirectorySource;
import dev.millrace.model.client.SnapshotSource;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.snapshot.PublishedFiles;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.snapshots.DirectorySnapshots;
import dev.millrace.pipeline.snapshots.PublishedSnapshots;
import dev.millrace.pipeline.snapshots.TopicSnapshots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a model is published. */
public final class ModelPlace {
    /** Requests that wait for a store or for brokers at a time. */
    private static final int TURNS = 8;

    private final Supplier<SnapshotSource> source;
    private final Catalog catalog;
    private final AliasTable aliases;
    private final @Nullable Supplier<SnapshotSource> live;

    ModelPlace(Supplier<SnapshotSource> source, Catalog catalog, AliasTable aliases) {
        this(source, catalog, aliases, null);
    }

    private ModelPlace(
            Supplier<SnapshotSource> source,
            Catalog catalog,
            AliasTable aliases,
            @Nullable Supplier<SnapshotSource> live) {
        this.source = source;
        this.catalog = catalog;
        this.aliases = aliases;
        this.live = live;
    }

    /** The same with live parameters beside the versions. */
    public ModelPlace withLive(Supplier<SnapshotSource> from) {
        return new ModelPlace(source, catalog, aliases, from);
    }

    /** @param root holds {@code versions}, {@code current.json} and {@code aliases.json} */
    public static ModelPlace directory(Path root) {
        return new ModelPlace(
                () -> new DirectorySource(root),
                new DirectoryCatalog(root),
                AliasTable.of(new DirectorySnapshots(PublishedFiles.of(root))));
    }

    /** The same in an object store: what is listed is kept for a while, and what was fetched once is kept as a file. */
    public static ModelPlace store(PublishedFiles files) {
        DirectorySnapshots snapshots = new DirectorySnapshots(files);
        return fetched(() -> new DirectorySource(files), snapshots);
    }

    /**
     * The topics of a job.
     *
     * @param timeout how long the brokers may stay silent
     */
    public static ModelPlace topics(KafkaConfig kafka, SnapshotTopics topics, String model, Duration timeout) {
        TopicSnapshots snapshots = new TopicSnapshots(kafka, topics, model, timeout);
        return fetched(snapshots::source, snapshots);
    }

    private static ModelPlace fetched(Supplier<SnapshotSource> source, PublishedSnapshots snapshots) {
        Turns turns = new Turns(TURNS);
        return new ModelPlace(
                source,
                new FetchedCatalog(snapshots, turns, System::nanoTime),
                AliasTable.of(snapshots).inTurn(turns));
    }

    /** For one follower of a choice, which closes it. */
    SnapshotSource source(VersionChoice choice) {
        return choice.isLive() && live != null ? live.get() : source.get();
    }

    /** Whether live parameters are there. */
    boolean isLive() {
        return live != null;
    }

    /** What there is to hand out. */
    Catalog catalog() {
        return catalog;
    }

    /** What the aliases mean. */
    AliasTable aliases() {
        return aliases;
    }
}
