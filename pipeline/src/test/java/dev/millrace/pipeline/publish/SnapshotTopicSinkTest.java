package dev.millrace.pipeline.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(180)
@SuppressWarnings("deprecation") // only a legacy source can hold the barrier back until a snapshot is complete
class SnapshotTopicSinkTest {

    @RegisterExtension
    private static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
                    .setNumberTaskManagers(1)
                    .setNumberSlotsPerTaskManager(2)
                    .build());

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void shouldShowAVersionAsAWholeAndOnlyAfterACheckpoint(@InjectMiniCluster MiniCluster cluster) throws Exception {
        SnapshotTopics topics = topics("whole");
        Outlet.queue.clear();
        JobClient job = publish(cluster, topics);
        try (SnapshotTopicReader reader = topics.reader(properties())) {
            Outlet.emit(TestSnapshots.records("ctr", 7, 1));
            await(() -> Outlet.queue.isEmpty());
            // The job is up and has sent everything; without a checkpoint nobody may see it.
            TimeUnit.SECONDS.sleep(1);
            assertThat(reader.newest("ctr")).isEmpty();
            assertThat(reader.versions("ctr")).isEmpty();

            checkpoint(cluster, job);
            await(() -> reader.newest("ctr").isPresent());

            Snapshot snapshot = reader.loadNewest("ctr").orElseThrow();
            assertThat(snapshot.manifest().version()).isEqualTo(7);
            assertThat(snapshot.parameters()).isEqualTo(TestSnapshots.parameters(1));

            Outlet.emit(TestSnapshots.records("ctr", 9, 2));
            await(() -> Outlet.queue.isEmpty());
            checkpoint(cluster, job);
            await(() -> reader.newest("ctr").orElseThrow().version() == 9);

            assertThat(reader.versions("ctr"))
                    .extracting(SnapshotManifest::version)
                    .containsExactly(7L, 9L);
            assertThat(reader.load(reader.versions("ctr").get(0)).parameters()).isEqualTo(TestSnapshots.parameters(1));
            assertThat(reader.loadNewest("ctr").orElseThrow().parameters()).isEqualTo(TestSnapshots.parameters(2));
            assertThat(reader.newest("fraud")).isEmpty();
        } finally {
            job.cancel().get();
        }
    }

    @Test
    void shouldHideForEverWhatALifeLeftBehindWithoutACheckpoint(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        SnapshotTopics topics = topics("left");
        Outlet.queue.clear();
        JobClient killed = publish(cluster, topics);
        Outlet.emit(TestSnapshots.records("ctr", 7, 1));
        await(() -> Outlet.queue.isEmpty());
        TimeUnit.SECONDS.sleep(1);
        killed.cancel().get();
        await(() -> killed.getJobStatus().join().isGloballyTerminalState());

        JobClient next = publish(cluster, topics);
        try (SnapshotTopicReader reader = topics.reader(properties())) {
            Outlet.emit(TestSnapshots.records("ctr", 8, 2));
            await(() -> Outlet.queue.isEmpty());
            checkpoint(cluster, next);
            await(() -> reader.newest("ctr").isPresent());

            assertThat(reader.versions("ctr"))
                    .extracting(SnapshotManifest::version)
                    .containsExactly(8L);
        } finally {
            next.cancel().get();
        }
    }

    @Test
    void shouldRefuseASnapshotWithAMissingPart(@InjectMiniCluster MiniCluster cluster) throws Exception {
        SnapshotTopics topics = topics("missing");
        Outlet.queue.clear();
        JobClient job = publish(cluster, topics);
        try (SnapshotTopicReader reader = topics.reader(properties())) {
            List<SnapshotRecord> records = TestSnapshots.records("ctr", 7, 1);
            Outlet.emit(List.of(records.get(0), records.get(2)));
            await(() -> Outlet.queue.isEmpty());
            checkpoint(cluster, job);
            await(() -> reader.newest("ctr").isPresent());

            assertThatThrownBy(() -> reader.loadNewest("ctr"))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("part 1 of 2 is not in topic");
        } finally {
            job.cancel().get();
        }
    }

    private static SnapshotTopics topics(String name) {
        SnapshotTopics topics = new SnapshotTopics(name + "-snapshots", name + "-models");
        kafka.createTopic(topics.snapshots(), 3, Map.of());
        kafka.createTopic(topics.models(), 2, Map.of("cleanup.policy", "compact"));
        return topics;
    }

    private static JobClient publish(MiniCluster cluster, SnapshotTopics topics) throws Exception {
        Configuration options = new Configuration();
        options.setString("pipeline.generic-types", "false");
        // Only when the test says so: the first periodic one comes after a random part of the interval, or the pause.
        options.setString("execution.checkpointing.interval", "1 h");
        options.setString("execution.checkpointing.min-pause", "1 h");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(options).setParallelism(1);
        SnapshotTopicSink.attach(
                environment.addSource(new Outlet(), "outlet", TypeInformation.of(SnapshotRecord.class)),
                properties(),
                topics,
                "ctr",
                8,
                "snapshot-topic");
        JobClient job = environment.executeAsync("publish");
        CommonTestUtils.waitForAllTaskRunning(cluster, job.getJobID(), false);
        return job;
    }

    private static void checkpoint(MiniCluster cluster, JobClient job) throws Exception {
        JobID id = job.getJobID();
        cluster.triggerCheckpoint(id, CheckpointType.FULL).get();
    }

    private static void await(BooleanSupplier condition) {
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(condition::getAsBoolean);
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        return properties;
    }

    /** Emits what the test puts in, all of it before the next barrier. */
    private static final class Outlet implements SourceFunction<SnapshotRecord> {

        private static final long serialVersionUID = 1L;
        private static final LinkedBlockingQueue<List<SnapshotRecord>> queue = new LinkedBlockingQueue<>();

        private volatile boolean running = true;

        static void emit(List<SnapshotRecord> records) {
            queue.add(records);
        }

        @Override
        public void run(SourceContext<SnapshotRecord> context) throws Exception {
            while (running) {
                List<SnapshotRecord> records = queue.peek();
                if (records == null) {
                    TimeUnit.MILLISECONDS.sleep(10);
                    continue;
                }
                synchronized (context.getCheckpointLock()) {
                    records.forEach(context::collect);
                }
                queue.remove();
            }
        }

        @Override
        public void cancel() {
            running = false;
        }
    }
}
