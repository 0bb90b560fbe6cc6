package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * State in checkpoints is found by operator uids. A name that is changed or missing here makes the savepoints of every
 * earlier release unreadable: add to the lists, never change them.
 */
class UidsTest {
    private static final List<String> LOOP = List.of(
            "samples",
            "stamp",
            "mini-batches",
            "gradients",
            "parameter-server",
            "feedback",
            "dead-letter-quota",
            "dead-letters");
    private static final String MINIMUM = """
            model:
              name: halves
              inputs: 4
              layers:
                - dense: {units: 1, activation: sigmoid}
              loss: binary_crossentropy
            kafka.bootstrap.servers: 127.0.0.1:9
            source.topics: [samples]
            """;

    private static List<String> uids(Path directory, String yaml) throws Exception {
        Path file = Files.writeString(directory.resolve("training.yaml"), yaml);
        TrainingConfig config = ConfigLoader.of(file).overrides(List.of()).load();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        TrainingJob.define(env, config);
        return env.getStreamGraph().getStreamNodes().stream()
                .map(StreamNode::getTransformationUID)
                .toList();
    }

    private static List<String> loopAnd(String... more) {
        List<String> all = new ArrayList<>(LOOP);
        all.addAll(List.of(more));
        return all;
    }

    @Test
    void ofAJobThatWritesEverythingAreThese(@TempDir Path directory) throws Exception {
        List<String> uids = uids(directory, MINIMUM + """
                publish: {directory: published, snapshot-topic: parts, model-topic: models}
                report.topic: reports
                dead-letter: {policy: dead-letter, topic: letters}
                """);

        assertThat(uids)
                .containsExactlyInAnyOrderElementsOf(loopAnd(
                        "Sink Committer: dead-letters",
                        "snapshot-topic-records",
                        "snapshot-topic",
                        "Sink Committer: snapshot-topic",
                        "snapshot-files",
                        "Sink Committer: snapshot-files",
                        "reports",
                        "Sink Committer: reports"));
    }

    @Test
    void ofAJobThatTakesCommandsAreThese(@TempDir Path directory) throws Exception {
        String controlled = MINIMUM + """
                report.topic: reports
                control.topic: commands
                """;

        assertThat(uids(directory, controlled))
                .containsExactlyInAnyOrderElementsOf(loopAnd("control", "reports", "Sink Committer: reports"));
        assertThat(uids(directory, controlled + "source.bounded: true\n"))
                .as("of one that ends with its topics")
                .containsExactlyInAnyOrderElementsOf(loopAnd("reports", "Sink Committer: reports"));
    }

    @Test
    void ofAJobThatWritesNothingAreThese(@TempDir Path directory) throws Exception {
        assertThat(uids(directory, MINIMUM)).containsExactlyInAnyOrderElementsOf(loopAnd());
    }
}
