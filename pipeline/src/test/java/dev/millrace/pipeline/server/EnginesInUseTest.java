package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.gradient.EngineUsed;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class EnginesInUseTest {
    private static final EngineUsed CARD = new EngineUsed("cuda (NVIDIA H200)", "");
    private static final EngineUsed CPU = new EngineUsed("nd4j", "no device was left");

    private final EnginesInUse engines = new EnginesInUse();

    @Test
    void eachEngineIsNamedWithItsWorkersAndWhyItIsNoFasterOne() {
        engines.note(0, 3, CARD);
        engines.note(1, 3, CPU);
        engines.note(2, 3, CARD);

        assertThat(engines.text()).isEqualTo("cuda (NVIDIA H200) x 2; nd4j x 1: no device was left");
    }

    @Test
    void aWorkerCountsWithItsLatestEngine() {
        engines.note(0, 1, CPU);
        engines.note(0, 1, CARD);

        assertThat(engines.text()).isEqualTo("cuda (NVIDIA H200) x 1");
    }

    @Test
    void anotherNumberOfWorkersBeginsAnew() {
        engines.note(0, 2, CARD);
        engines.note(1, 2, CARD);

        engines.note(0, 1, new EngineUsed("nd4j", ""));

        assertThat(engines.text()).isEqualTo("nd4j x 1");
    }

    @Test
    void itSurvivesACheckpoint() throws IOException {
        engines.note(1, 3, CPU);
        DataOutputSerializer out = new DataOutputSerializer(64);
        engines.write(out);

        EnginesInUse restored = EnginesInUse.read(new DataInputDeserializer(out.getCopyOfBuffer()));

        assertThat(restored.text()).isEqualTo("nd4j x 1: no device was left");
        assertThat(new EnginesInUse().text()).as("before the first gradient").isEqualTo("unknown");
    }
}
