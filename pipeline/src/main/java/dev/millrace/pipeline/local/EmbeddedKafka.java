package dev.millrace.pipeline.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker and its controller in this process, for the {@code local} verb and for tests: one node, every
 * replication factor 1, bound to the loopback address only. It is no broker to keep data on.
 *
 * <p>The ports are chosen at the first start and kept while the object lives, so {@link #stop()} and {@link #start()}
 * look to a client like a broker that was away.
 */
public final class EmbeddedKafka implements AutoCloseable {

    /** The same for every life on a directory, or Kafka refuses its own data. */
    private static final String CLUSTER = new Uuid(0x6d696c6c72616365L, 1).toString();

    private static final String NODE = "1";
    private static final String LOOPBACK = "127.0.0.1";

    private final Path directory;
    private final boolean temporary;
    private final int clientPort;
    private final int controllerPort;
    private @Nullable KafkaRaftServer server;

    private EmbeddedKafka(Path directory, boolean temporary, int clientPort, int controllerPort) {
        this.directory = directory;
        this.temporary = temporary;
        this.clientPort = clientPort;
        this.controllerPort = controllerPort;
    }

    /** Starts a broker whose data lie in a fresh temporary directory, deleted by {@link #close()}. */
    public static EmbeddedKafka startTemporary() {
        try {
            return start(Files.createTempDirectory("millrace-kafka-"), true);
        } catch (IOException e) {
            throw new UncheckedIOException("No temporary directory for the embedded Kafka broker", e);
        }
    }

    /** Starts a broker on a directory that is kept; one that held a broker before goes on with its topics. */
    public static EmbeddedKafka start(Path directory) {
        return start(directory, false);
    }

    private static EmbeddedKafka start(Path directory, boolean temporary) {
        int[] ports = freePorts();
        EmbeddedKafka kafka = new EmbeddedKafka(directory, temporary, ports[0], ports[1]);
        kafka.start();
        return kafka;
    }

    /** Two ports nobody listens on now; both are held at once, or the second might be the first again. */
    private static int[] freePorts() {
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new int[] {first.getLocalPort(), second.getLocalPort()};
        } catch (IOException e) {
            throw new UncheckedIOException("No free ports on " + LOOPBACK + " for the embedded Kafka broker", e);
        }
    }

    /** Starts the broker; does nothing while it runs. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        Properties properties = properties();
        format(properties);
        KafkaRaftServer starting = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
        starting.startup();
        server = starting;
    }

    /** Stops the broker and keeps its data; does nothing while it is stopped. */
    public synchronized void stop() {
        if (server == null) {
            return;
        }
        server.shutdown();
        server.awaitShutdown();
        server = null;
    }

    /** Stops the broker and deletes its data if they lie in a temporary directory. */
    @Override
    public void close() {
        stop();
        if (temporary) {
            delete(directory);
        }
    }

    /** Address for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return LOOPBACK + ":" + clientPort;
    }

    /** Where the broker keeps its data. */
    public Path directory() {
        return directory;
    }

    /**
     * Creates a topic; one that exists already stays as it is.
     *
     * @param configs topic settings, for example {@code cleanup.policy=compact}
     */
    public void createTopic(String name, int partitions, Map<String, String> configs) {
        NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(configs);
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("Topic " + name + " was not created: " + e.getCause(), e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while creating topic " + name, e);
        }
    }

    private Properties properties() {
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", NODE);
        p.setProperty("controller.quorum.voters", NODE + "@" + LOOPBACK + ":" + controllerPort);
        p.setProperty(
                "listeners",
                "PLAINTEXT://" + LOOPBACK + ":" + clientPort + ",CONTROLLER://" + LOOPBACK + ":" + controllerPort);
        p.setProperty("advertised.listeners", "PLAINTEXT://" + LOOPBACK + ":" + clientPort);
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("log.dirs", directory.resolve("log").toString());
        p.setProperty("auto.create.topics.enable", "false");
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        p.setProperty("offsets.topic.num.partitions", "1");
        p.setProperty("offsets.topic.replication.factor", "1");
        p.setProperty("transaction.state.log.num.partitions", "1");
        p.setProperty("transaction.state.log.replication.factor", "1");
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.num.partitions", "1");
        p.setProperty("share.coordinator.state.topic.replication.factor", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        p.setProperty("num.network.threads", "1");
        p.setProperty("num.io.threads", "2");
        p.setProperty("log.retention.check.interval.ms", "10000");
        // The cleaner takes its buffer from the heap at once; the default of 128 MiB is for real brokers.
        p.setProperty("log.cleaner.dedupe.buffer.size", "4194304");
        return p;
    }

    private void format(Properties properties) {
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve("broker.properties");
            try (var out = Files.newBufferedWriter(file)) {
                properties.store(out, null);
            }
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            int rc = StorageTool.execute(
                    new String[] {"format", "-t", CLUSTER, "-c", file.toString(), "--ignore-formatted"},
                    new PrintStream(said, true, StandardCharsets.UTF_8));
            if (rc != 0) {
                throw new IllegalStateException("Kafka could not format " + directory + ": "
                        + said.toString(StandardCharsets.UTF_8).strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded Kafka broker cannot write to " + directory, e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException("Left behind: " + directory, e);
        }
    }
}
