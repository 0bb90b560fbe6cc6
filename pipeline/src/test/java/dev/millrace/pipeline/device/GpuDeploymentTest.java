package dev.millrace.pipeline.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.EngineChoice;
import dev.millrace.pipeline.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalResourceOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.externalresource.gpu.GPUDriverFactory;
import org.apache.flink.externalresource.gpu.GPUDriverOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of {@code deploy/gpu} as those read them that they are written for, where that is possible here. */
class GpuDeploymentTest {
    private static final Path DIRECTORY = Path.of("../deploy/gpu");

    @TempDir
    Path directory;

    private static List<JsonNode> manifests() throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        try (MappingIterator<JsonNode> documents = yaml.readerFor(JsonNode.class)
                .readValues(DIRECTORY.resolve("flinkdeployment.yaml").toFile())) {
            return documents.readAll();
        }
    }

    private static JsonNode deployment() throws IOException {
        return manifests().get(1);
    }

    private static Configuration flink() throws IOException {
        Configuration options = new Configuration();
        deployment()
                .at("/spec/flinkConfiguration")
                .properties()
                .forEach(option ->
                        options.setString(option.getKey(), option.getValue().asText()));
        return options;
    }

    private static void assertFlinkFindsTheDevices(Configuration options) {
        assertThat(options.get(ExternalResourceOptions.EXTERNAL_RESOURCE_LIST)).containsExactly("gpu");
        assertThat(options.getString("external-resource.gpu.driver-factory.class", ""))
                .isEqualTo(GPUDriverFactory.class.getName());
        String script = "external-resource.gpu.param." + GPUDriverOptions.DISCOVERY_SCRIPT_PATH.key();
        assertThat(options.getString(script, "")).isEqualTo(GPUDriverOptions.DISCOVERY_SCRIPT_PATH.defaultValue());
        assertThat(options.getString("external-resource.gpu.amount", ""))
                .as("a worker each")
                .isEqualTo(String.valueOf(options.get(TaskManagerOptions.NUM_TASK_SLOTS)));
    }

    @Test
    void flinkReadsItsConfigurationAndFindsADeviceForEachSlot() throws IOException {
        Files.copy(DIRECTORY.resolve("config.yaml"), directory.resolve("config.yaml"));

        assertFlinkFindsTheDevices(GlobalConfiguration.loadConfiguration(directory.toString()));
    }

    @Test
    void aPodOfTheDeploymentHasOneSlotAndOneDevice() throws IOException {
        JsonNode deployment = deployment();

        assertThat(deployment.at("/kind").asText()).isEqualTo("FlinkDeployment");
        assertThat(deployment.at("/spec/flinkVersion").asText()).isEqualTo("v2_3");
        assertFlinkFindsTheDevices(flink());
        assertThat(flink().get(TaskManagerOptions.NUM_TASK_SLOTS)).isEqualTo(1);
        assertThat(flink().getString("external-resource.gpu.kubernetes.config-key", ""))
                .isEqualTo("nvidia.com/gpu");
    }

    @Test
    void theDeploymentRunsTheJobThatTheContainerHolds() throws IOException {
        JsonNode job = deployment().at("/spec/job");
        String container = Files.readString(DIRECTORY.resolve("Containerfile"));

        String jar = job.at("/jarURI").asText().replace("local://", "");
        assertThat(container).contains("COPY job/millrace-job.jar " + jar);
        assertThat(job.at("/entryClass").asText()).isEqualTo(TrainingJob.class.getName());
        String mounted = deployment()
                .at("/spec/podTemplate/spec/containers/0/volumeMounts/0/mountPath")
                .asText();
        assertThat(job.at("/args/1").asText()).isEqualTo(mounted + "/training.yaml");
    }

    @Test
    void theTrainingInItIsAGoodConfigurationWithAWorkerForEachPod() throws IOException {
        Path file = directory.resolve("training.yaml");
        Files.writeString(file, manifests().get(0).at("/data/training.yaml").asText());

        TrainingConfig config = TrainingConfig.load(file, List.of());

        assertThat(config.training().engine()).isEqualTo(EngineChoice.CUDA);
        assertThat(config.training().workers())
                .isEqualTo(deployment().at("/spec/job/parallelism").asInt());
        assertThat(flink().get(ExternalResourceOptions.EXTERNAL_RESOURCE_LIST))
                .contains(config.cuda().resource());
    }

    /** Which registry has them is the business of the machine that builds. */
    @Test
    void imagesAreNamedWithoutAHost() throws IOException {
        String container = Files.readString(DIRECTORY.resolve("Containerfile"));
        List<String> images = Pattern.compile("^FROM (\\S+)", Pattern.MULTILINE)
                .matcher(container)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();

        assertThat(images).hasSize(2).noneMatch(GpuDeploymentTest::hasHost);
        assertThat(deployment().at("/spec/image").asText()).matches(image -> !hasHost(image));
    }

    private static boolean hasHost(String image) {
        return image.matches("[^/]*[.:][^/]*/.*");
    }
}
