package dev.millrace.pipeline.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.jspecify.annotations.Nullable;

/** JobManager and TaskManagers as processes of their own, on the loopback address; it ends what it started. */
public final class FlinkCluster {
    private static final List<String> OPENS = Stream.of("util", "lang", "nio", "time", "util.concurrent")
            .map(name -> "--add-opens=java.base/java." + name + "=ALL-UNNAMED")
            .toList();
    private static final String CONFIGURATION = """
            jobmanager.rpc.address: 127.0.0.1
            jobmanager.rpc.port: %d
            jobmanager.bind-host: 127.0.0.1
            jobmanager.execution.failover-strategy: full
            rest.address: 127.0.0.1
            rest.bind-address: 127.0.0.1
            rest.port: %d
            web.submit.enable: false
            web.refresh-interval: 100
            taskmanager.host: 127.0.0.1
            taskmanager.bind-host: 127.0.0.1
            taskmanager.cpu.cores: 1.0
            taskmanager.memory.framework.heap.size: 64m
            taskmanager.memory.task.heap.size: 256m
            taskmanager.memory.framework.off-heap.size: 64m
            taskmanager.memory.task.off-heap.size: 64m
            taskmanager.memory.managed.size: 32m
            taskmanager.memory.network.min: 64m
            taskmanager.memory.network.max: 64m
            taskmanager.memory.jvm-metaspace.size: 256m
            taskmanager.memory.jvm-overhead.min: 64m
            taskmanager.memory.jvm-overhead.max: 64m
            heartbeat.interval: 1000
            heartbeat.timeout: 8000
            io.tmp.dirs: %s
            """;
    private static final String LOG = """
            rootLogger.level = info
            rootLogger.appenderRef.console.ref = console
            logger.kafkaConfig.name = org.apache.kafka.common.config.AbstractConfig
            logger.kafkaConfig.level = warn
            logger.metrics.name = org.apache.flink.metrics.MetricGroup
            logger.metrics.level = error
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5level %logger{1} [%t] %msg%n
            """;

    private static final List<String> CLIENT = List.of("-Xmx256m", "-XX:+UseSerialGC");

    private final String classPath;
    private final Path directory;
    private final int restPort;
    private final List<Process> started = new CopyOnWriteArrayList<>();
    private @Nullable FlinkClient shell;

    /**
     * Starts the JobManager.
     *
     * @param classPath of all its processes
     * @param directory for configuration and logs
     */
    public FlinkCluster(String classPath, Path directory) throws IOException {
        this(classPath, directory, "");
    }

    /** @param further lines of the configuration */
    FlinkCluster(String classPath, Path directory, String further) throws IOException {
        this.classPath = classPath;
        this.directory = directory;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> started.forEach(Process::destroyForcibly), "stop Flink"));
        try (ServerSocket rpc = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket rest = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            restPort = rest.getLocalPort();
            Files.writeString(
                    directory.resolve("config.yaml"),
                    CONFIGURATION.formatted(rpc.getLocalPort(), restPort, directory.resolve("tmp")) + further);
        }
        Files.createDirectories(directory.resolve("tmp"));
        Files.writeString(directory.resolve("log4j2.properties"), LOG);
        start(
                "jobmanager",
                List.of("-Xmx384m", "-XX:+UseSerialGC"),
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                "--configDir",
                directory.toString());
    }

    public FlinkRest rest() {
        return new FlinkRest("http://127.0.0.1:" + restPort);
    }

    /** Starts a TaskManager, with the memory limits that Flink's own scripts would give its JVM. */
    public Process startTaskManager(int slots) throws IOException {
        return startTaskManager(Map.of(), "-Dtaskmanager.numberOfTaskSlots=" + slots);
    }

    /**
     * Starts a TaskManager of its own kind.
     *
     * @param environment over that of this process
     * @param options {@code -Dkey=value} over the configuration
     */
    Process startTaskManager(Map<String, String> environment, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--configDir", directory.toString()));
        arguments.addAll(List.of(options));
        ProcessBuilder builder = process(
                "taskmanager",
                List.of(
                        "-Xmx320m",
                        "-XX:+UseParallelGC",
                        "-XX:MaxDirectMemorySize=192m",
                        "-XX:MaxMetaspaceSize=256m",
                        "-XX:NativeMemoryTracking=summary"),
                classPath,
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                arguments.toArray(new String[0]));
        builder.environment().putAll(environment);
        return started(builder);
    }

    /** Submits a job whose classes are on the cluster's own class path. */
    public JobID submit(JobGraph graph) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestOptions.ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.PORT, restPort);
        try (RestClusterClient<StandaloneClusterId> client =
                new RestClusterClient<>(configuration, StandaloneClusterId.getInstance())) {
            return client.submitJob(graph).get(1, TimeUnit.MINUTES);
        }
    }

    /**
     * Runs Flink's command line. The first time it is a process of its own, {@code CliFrontend}'s main as in
     * {@code bin/flink}; later ones share a process with Flink's class path, twenty JVMs would take a minute longer.
     */
    void flink(String... arguments) throws IOException, InterruptedException {
        if (shell != null) {
            shell.run(arguments);
            return;
        }
        Process client = start("client", CLIENT, "org.apache.flink.client.cli.CliFrontend", arguments);
        if (!client.waitFor(2, TimeUnit.MINUTES) || client.exitValue() != 0) {
            throw new AssertionError("flink " + String.join(" ", arguments) + " failed:\n" + log("client"));
        }
        Process process = started(process(
                        "shell",
                        CLIENT,
                        classPath + ":" + ownClasses(),
                        FlinkShell.class.getName(),
                        directory.toString())
                .redirectOutput(ProcessBuilder.Redirect.PIPE));
        shell = new FlinkClient(process);
    }

    private static Path ownClasses() {
        return Path.of(URI.create(FlinkShell.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
    }

    private Process start(String name, List<String> jvm, String main, String... arguments) throws IOException {
        return started(process(name, jvm, classPath, main, arguments));
    }

    private Process started(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private ProcessBuilder process(String name, List<String> jvm, String classPath, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(OPENS);
        command.addAll(jvm);
        command.add("-XX:TieredStopAtLevel=1"); // short lives: what the better compiler costs never comes back
        command.add("-Dlog4j2.configurationFile=" + directory.resolve("log4j2.properties"));
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()));
        builder.environment()
                .putAll(Map.of(
                        "FLINK_CONF_DIR", directory.toString(), "OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1"));
        return builder;
    }

    /** The end of what the processes of that name wrote. */
    public String log(String name) throws IOException {
        String text = Files.readString(directory.resolve(name + ".log"));
        return text.substring(Math.max(0, text.length() - 8000));
    }

    public void stop() throws InterruptedException {
        started.forEach(Process::destroy);
        for (Process process : started) {
            if (!process.waitFor(20, TimeUnit.SECONDS)) process.destroyForcibly();
        }
    }
}
