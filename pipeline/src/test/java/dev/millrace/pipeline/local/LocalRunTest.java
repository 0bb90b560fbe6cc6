package dev.millrace.pipeline.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verb with the real job, on a stream whose label is the sign of its first feature. */
@Timeout(300)
class LocalRunTest {

    @Test
    void shouldTrainPublishStopWithASavepointAndContinueFromIt(@TempDir Path directory) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        LocalRun first = command(directory).prepare(new LiveScreen(print(said), false, false, 80));
        CompletableFuture<Integer> running = CompletableFuture.supplyAsync(() -> run(first));
        Awaitility.await()
                .atMost(120, TimeUnit.SECONDS)
                .until(() -> running.isDone() || text(said).matches("(?s).*published [1-9].*"));

        assertThat(running).as("what the run said: %s", text(said)).isNotDone();
        assertThat(text(said)).as("what the run said").containsPattern("published [1-9]");
        List<String> violations = LoopbackOnly.violations();
        int web = status(address(text(said)));
        first.requestStop();
        int code = running.get();

        assertThat(text(said)).contains("samples/s", "loss", "savepoint  ", "to continue");
        assertThat(violations).isEmpty();
        assertThat(web).isEqualTo(200);
        assertThat(code).isZero();
        assertThat(directory.resolve("savepoints")).isNotEmptyDirectory();
        SnapshotDirectory snapshots = new SnapshotDirectory(directory.resolve("snapshots"));
        long published = snapshots.load().manifest().version();
        assertThat(published).isPositive();

        int again = new CommandLine(command(directory))
                .execute("--directory", directory.toString(), "--duration", "10", "--rate", "2000");

        assertThat(again).isZero();
        assertThat(snapshots.load().manifest().version()).isGreaterThan(published);
    }

    @Test
    void shouldEndWellWhenItIsStoppedBeforeTheJobRuns(@TempDir Path directory) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        LocalRun run = command(directory).prepare(new LiveScreen(print(said), false, false, 80));

        run.requestStop();

        assertThat(run.run(null, 2_000, 1)).as(text(said)).isZero();
        assertThat(text(said)).containsAnyOf("Stopped before training began: there is nothing to save.", "savepoint  ");
    }

    private static LocalCommand command(Path directory) {
        LocalCommand command = new LocalCommand(TrainingJob::define, Map.of("clicks", new Signs()));
        new CommandLine(command).parseArgs("--directory", directory.toString(), "--rate", "2000");
        return command;
    }

    private static int run(LocalRun run) {
        try {
            return run.run(null, 2_000, 1);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String address(String text) {
        Matcher found = Pattern.compile("http://127\\.0\\.0\\.1:[0-9]+").matcher(text);
        assertThat(found.find()).isTrue();
        return found.group();
    }

    private static int status(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address + "/jobs")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Two features, label 1 where the first is positive. */
    private static final class Signs implements LocalFeed {

        @Override
        public void run(Properties kafka, String topic, double samplesPerSecond, long seed, BooleanSupplier running)
                throws Exception {
            SplittableRandom random = new SplittableRandom(seed);
            SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
                while (running.getAsBoolean()) {
                    for (int i = 0; i < samplesPerSecond / 20; i++) {
                        float[] features = {(float) random.nextDouble(-1, 1), (float) random.nextDouble(-1, 1)};
                        float[] label = {features[0] > 0 ? 1 : 0};
                        byte[] sample = encoder.encode(null, System.currentTimeMillis(), 1, features, 2, label, 1);
                        var unused = producer.send(new ProducerRecord<>(topic, sample));
                    }
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        }

        @Override
        public String configuration() {
            return """
                    model:
                      name: signs
                      inputs: 2
                      layers: [{dense: {units: 1, activation: sigmoid}}]
                      loss: binary_crossentropy
                    learning-rate: 0.1
                    source.topics: [signs]
                    checkpoint.interval: 1 s
                    publish: {snapshot-topic: signs-snapshots, model-topic: signs-models}
                    report: {topic: signs-reports, interval: 500 ms}
                    dead-letter: {policy: dead-letter, topic: signs-dead}
                    """;
        }
    }
}
