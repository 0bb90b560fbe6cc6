package dev.millrace.pipeline.serve;

import dev.millrace.model.client.DirectorySource;
import dev.millrace.model.client.SnapshotSource;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.snapshots.DirectorySnapshots;
import dev.millrace.pipeline.snapshots.TopicSnapshots;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/** Where a model is published. */
public final class ModelPlace {
    private final Supplier<SnapshotSource> source;
    private final Catalog catalog;
    private final AliasTable aliases;

    ModelPlace(Supplier<SnapshotSource> source, Catalog catalog, AliasTable aliases) {
        this.source = source;
        this.catalog = catalog;
        this.aliases = aliases;
    }

    /** @param root holds {@code versions}, {@code current.json} and {@code aliases.json} */
    public static ModelPlace directory(Path root) {
        return new ModelPlace(
                () -> new DirectorySource(root),
                new DirectoryCatalog(root),
                AliasTable.of(new DirectorySnapshots(root)));
    }

    /**
     * The topics of a job.
     *
     * @param timeout how long the brokers may stay silent
     */
    public static ModelPlace topics(KafkaConfig kafka, SnapshotTopics topics, String model, Duration timeout) {
        TopicSnapshots snapshots = new TopicSnapshots(kafka, topics, model, timeout);
        return new ModelPlace(
                snapshots::source, new TopicCatalog(snapshots, Clock.systemUTC()), AliasTable.of(snapshots));
    }

    /** For one follower, which closes it. */
    SnapshotSource source() {
        return source.get();
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
