package dev.millrace.pipeline.local;

import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.preflight.SavepointCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/** One local run, from the first socket opened to the last one closed. */
final class LocalRun {

    /** Topics of a demonstration must not fill the disk: kept to about half a gigabyte. */
    private static final Map<String, String> SAMPLE_TOPIC =
            Map.of("retention.bytes", "536870912", "segment.bytes", "67108864");

    private static final Map<String, String> COMPACTED = Map.of("cleanup.policy", "compact");

    /** Compaction leaves the newest segment alone: a small one keeps the topic small. */
    private static final Map<String, String> LIVE =
            Map.of("cleanup.policy", "compact", "segment.bytes", "16777216", "min.cleanable.dirty.ratio", "0.1");

    private static final long REDRAW_MILLIS = 1_000;

    private final LocalDirectory directory;
    private final Function<String, TrainingConfig> configuration;
    private final BiConsumer<StreamExecutionEnvironment, TrainingConfig> job;
    private final LocalFeed feed;
    private final LiveScreen screen;
    private final CountDownLatch stopRequested = new CountDownLatch(1);

    /**
     * @param configuration the configuration for a broker's address
     * @param job defines the training job in an environment
     */
    LocalRun(
            LocalDirectory directory,
            Function<String, TrainingConfig> configuration,
            BiConsumer<StreamExecutionEnvironment, TrainingConfig> job,
            LocalFeed feed,
            LiveScreen screen) {
        this.directory = directory;
        this.configuration = configuration;
        this.job = job;
        this.feed = feed;
        this.screen = screen;
    }

    /** Makes {@link #run} stop the job with a savepoint and return; from any thread. */
    void requestStop() {
        stopRequested.countDown();
    }

    /**
     * @param duration after which the run stops by itself; null for never
     * @param samplesPerSecond of the feed; 0 for as fast as it goes
     * @return exit code: 0 if the job was stopped, or ended, well
     */
    int run(@Nullable Duration duration, double samplesPerSecond, long seed) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.kafka())) {
            TrainingConfig config = configuration.apply(kafka.bootstrapServers());
            createTopics(kafka, config);
            try (LocalCluster cluster = LocalCluster.start(config.training().workers(), directory.flink())) {
                return train(cluster, config, duration, samplesPerSecond, seed);
            }
        }
    }

    private int train(
            LocalCluster cluster,
            TrainingConfig config,
            @Nullable Duration duration,
            double samplesPerSecond,
            long seed)
            throws Exception {
        introduce(cluster, config);
        FeedThread samples = FeedThread.start(feed, config, samplesPerSecond, seed);
        if (config.source().bounded()) {
            screen.say("Sending all samples first: source.bounded ends at what the topic holds when the job begins.");
            while (samples.isRunning()) {
                if (stopRequested.await(REDRAW_MILLIS / 10, TimeUnit.MILLISECONDS)) {
                    samples.stop();
                    return stoppedEarly();
                }
            }
            if (samples.hasFailed()) return feedFailed(samples);
        }
        long begin = System.nanoTime();
        JobID id = cluster.submit(graph(config));
        CompletableFuture<JobResult> result = cluster.result(id);
        try (samples;
                ReportLog log = new ReportLog(directory.reports());
                ReportWatcher reports = ReportWatcher.start(config, log)) {
            while (!result.isDone()
                    && !samples.hasFailed()
                    && !over(begin, duration)
                    && !stopRequested.await(REDRAW_MILLIS, TimeUnit.MILLISECONDS)) {
                screen.draw(reports.history().at(System.currentTimeMillis(), millisSince(begin)));
            }
            samples.stop();
            if (result.isDone()) {
                return ended(result.get(), config);
            }
            int code = samples.hasFailed() ? feedFailed(samples) : 0;
            return Math.max(code, stop(cluster, id, config));
        }
    }

    private int feedFailed(FeedThread samples) {
        samples.failure()
                .ifPresent(failure -> screen.say("The samples ended with a failure: "
                        + (failure instanceof IOException ? failure.getMessage() : failure)));
        return 1;
    }

    private void createTopics(EmbeddedKafka kafka, TrainingConfig config) {
        // A bounded run reads to the end: nothing of it may have been dropped by then.
        Map<String, String> samples = config.source().bounded() ? Map.of("retention.ms", "-1") : SAMPLE_TOPIC;
        for (String topic : config.source().topics()) {
            kafka.createTopic(topic, config.training().workers(), samples);
        }
        createTopic(kafka, config.publish().snapshotTopic(), SAMPLE_TOPIC);
        createTopic(kafka, config.publish().modelTopic(), COMPACTED);
        createTopic(kafka, config.publish().liveTopic(), LIVE);
        createTopic(kafka, config.report().topic(), SAMPLE_TOPIC);
        createTopic(kafka, config.control().topic(), SAMPLE_TOPIC);
        createTopic(kafka, config.deadLetter().topic(), SAMPLE_TOPIC);
    }

    private static void createTopic(EmbeddedKafka kafka, @Nullable String topic, Map<String, String> settings) {
        if (topic != null) {
            kafka.createTopic(topic, 1, settings);
        }
    }

    private void introduce(LocalCluster cluster, TrainingConfig config) throws IOException {
        screen.say("Flink's web interface   " + cluster.webInterface());
        screen.say("Kafka                   " + config.kafka().bootstrapServers() + "  topics "
                + String.join(", ", config.source().topics()));
        screen.say("everything else         " + directory.root());
        directory.newestState().ifPresent(state -> screen.say("continues from          " + state));
        screen.say("Ctrl-C stops with a savepoint; a second one at once.");
        screen.say("");
    }

    private StreamGraph graph(TrainingConfig config) throws IOException {
        Configuration options = FlinkDefaults.watched(config);
        directory
                .newestState()
                .ifPresent(state -> options.set(
                        StateRecoveryOptions.SAVEPOINT_PATH, state.toUri().toString()));
        SavepointCheck.check(options);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(options);
        job.accept(environment, config);
        return environment.getStreamGraph();
    }

    private int stoppedEarly() {
        screen.say("Stopped before training began: there is nothing to save.");
        return 0;
    }

    private int stop(LocalCluster cluster, JobID id, TrainingConfig config) throws InterruptedException {
        if (!cluster.runs(id)) return stoppedEarly();
        screen.say("Stopping with a savepoint ...");
        try {
            String savepoint = cluster.stop(id, directory.savepoints());
            screen.say("savepoint               " + savepoint);
            screen.say("snapshots               " + config.publish().directory());
            screen.say("to continue             millrace local --directory " + directory.root());
            return 0;
        } catch (ExecutionException | TimeoutException e) {
            screen.say("There is no savepoint: " + rootMessage(e));
            screen.say("The newest checkpoint is below " + directory.checkpoints());
            return 1;
        }
    }

    private int ended(JobResult result, TrainingConfig config) {
        if (result.isSuccess()) {
            screen.say("The job has ended. Snapshots: " + config.publish().directory() + ", reports: "
                    + directory.reports());
            return 0;
        }
        String why = result.getSerializedThrowable()
                .map(failure -> rootMessage(failure.deserializeError(LocalRun.class.getClassLoader())))
                .orElse("no reason given");
        screen.say("The job failed: " + why);
        return 1;
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static boolean over(long begin, @Nullable Duration duration) {
        return duration != null && System.nanoTime() - begin >= duration.toNanos();
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
