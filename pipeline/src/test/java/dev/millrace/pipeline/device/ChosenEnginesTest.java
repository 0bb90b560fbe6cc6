package dev.millrace.pipeline.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.engine.cuda.Precision;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.CudaConfig;
import dev.millrace.pipeline.config.DeviceSharing;
import dev.millrace.pipeline.config.EngineChoice;
import dev.millrace.pipeline.gradient.AssignedEngine;
import dev.millrace.pipeline.gradient.EngineUsed;
import dev.millrace.pipeline.gradient.WorkerPlace;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("of a property of the process")
class ChosenEnginesTest {
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: line
            inputs: 2
            layers: [{dense: {units: 1}}]
            loss: mean_squared_error
            """);

    private final List<AssignedEngine> assigned = new ArrayList<>();

    @BeforeEach
    void nothingIsLent() {
        System.clearProperty(LentDevices.PROPERTY);
    }

    @AfterEach
    void closeAll() {
        assigned.forEach(AssignedEngine::close);
        assertThat(System.getProperty(LentDevices.PROPERTY, ""))
                .as("devices lent")
                .isEmpty();
    }

    private AssignedEngine assign(EngineChoice choice, CudaConfig cuda, Machine machine, String... indices) {
        AssignedEngine engine = new ChosenEngines(choice, cuda, 0, machine)
                .assign(SPEC, new WorkerPlace(assigned.size(), 4, 4, name -> {
                    assertThat(name).isEqualTo(cuda.resource());
                    return List.of(indices);
                }));
        assigned.add(engine);
        return engine;
    }

    private static CudaConfig config(DeviceSharing sharing, long memoryBudget) {
        return new CudaConfig(Precision.FLOAT32, true, true, memoryBudget, sharing, "gpu");
    }

    private static final CudaConfig EXCLUSIVE = config(DeviceSharing.EXCLUSIVE, 0);

    @Test
    void autoTakesADeviceEachAndTheCpuForTheRest() {
        Machine machine = Machine.with(8);

        EngineUsed first =
                assign(EngineChoice.AUTO, EXCLUSIVE, machine, "2", "5").used();
        EngineUsed second =
                assign(EngineChoice.AUTO, EXCLUSIVE, machine, "2", "5").used();
        EngineUsed third =
                assign(EngineChoice.AUTO, EXCLUSIVE, machine, "2", "5").used();

        assertThat(first).isEqualTo(new EngineUsed("cuda (Card 2)", ""));
        assertThat(second).isEqualTo(new EngineUsed("cuda (Card 5)", ""));
        assertThat(third)
                .isEqualTo(new EngineUsed("nd4j", "other workers hold every device of this TaskManager: [2, 5]"));
        assertThat(machine.asked).allMatch(settings -> settings.memoryBudget() == 0 && settings.deterministic());
    }

    @Test
    void cudaFailsWhereNoDeviceIsLeftAndMayBeTriedAgain() {
        Machine machine = Machine.with(1);
        assign(EngineChoice.CUDA, EXCLUSIVE, machine, "0");

        assertThatThrownBy(() -> assign(EngineChoice.CUDA, EXCLUSIVE, machine, "0"))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "training.engine is cuda, but worker 2 of 4 cannot compute on a device: other workers hold every"
                                + " device of this TaskManager: [0]. Give a TaskManager no more slots than devices, or set"
                                + " cuda.sharing to shared. With training.engine auto it would compute on the CPU.");
    }

    @Test
    void whatIsMissingFailsTheJobForGoodOrIsTheReasonForTheCpu() {
        Machine bare = Machine.without("libcuda.so.1: cannot open shared object file");

        EngineUsed used = assign(EngineChoice.AUTO, EXCLUSIVE, bare).used();

        assertThat(used).isEqualTo(new EngineUsed("nd4j", "libcuda.so.1: cannot open shared object file"));
        assertThatThrownBy(() -> assign(EngineChoice.CUDA, EXCLUSIVE, bare))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("training.engine is cuda, but worker")
                .hasMessageContaining("With training.engine auto it would compute on the CPU.")
                .hasMessageContaining("libcuda.so.1: cannot open shared object file")
                .hasMessageContaining("CUDA 13's cudart, cublas, cublasLt and nvrtc belong on every TaskManager");
    }

    @Test
    void aLayerThatTheDeviceLacksIsNamed() {
        Machine machine = Machine.thatLacks("lstm (lstm_2)");

        assertThat(assign(EngineChoice.AUTO, EXCLUSIVE, machine).used())
                .isEqualTo(new EngineUsed("nd4j", "engine cuda has no kernels for lstm (lstm_2)"));
        assertThatThrownBy(() -> assign(EngineChoice.CUDA, EXCLUSIVE, machine))
                .cause()
                .hasMessageContaining("lstm (lstm_2)");
    }

    @Test
    void devicesThatTheProcessDoesNotSeeAreNamed() {
        assertThat(assign(EngineChoice.AUTO, EXCLUSIVE, Machine.with(1), "3")
                        .used()
                        .fallback())
                .isEqualTo(
                        "of the devices 3 that Flink's resource gpu gives, this process sees none; it sees 1 device");
    }

    @Test
    void sharersOfADeviceGetAnEqualPartOfItsMemory() {
        Machine machine = Machine.with(2);
        CudaConfig shared = config(DeviceSharing.SHARED, 0);

        for (int i = 0; i < 4; i++) assign(EngineChoice.CUDA, shared, machine);

        // 4 slots over 2 devices: 2 workers each
        assertThat(machine.asked).extracting(CudaSettings::device).containsExactly(0, 1, 0, 1);
        assertThat(machine.asked).extracting(CudaSettings::memoryBudget).containsOnly(Machine.BYTES / 2);
    }

    @Test
    void theConfiguredBudgetIsTheWorkersWhateverItShares() {
        Machine machine = Machine.with(1);

        assign(EngineChoice.CUDA, config(DeviceSharing.SHARED, 777), machine);

        assertThat(machine.asked).extracting(CudaSettings::memoryBudget).containsExactly(777L);
    }

    @Test
    void aDeviceWithoutRoomGoesBackAtOnce() {
        Machine full = Machine.with(1);
        full.full = true;

        assertThat(assign(EngineChoice.AUTO, EXCLUSIVE, full).used().fallback())
                .isEqualTo("device 0 cannot be used: out of memory");
        assertThat(System.getProperty(LentDevices.PROPERTY)).isEmpty();
    }

    @Test
    void closingTwiceGivesBackOnce() {
        Machine machine = Machine.with(1);
        AssignedEngine first = assign(EngineChoice.CUDA, EXCLUSIVE, machine);
        first.close();
        assign(EngineChoice.CUDA, EXCLUSIVE, machine);

        first.close();

        assertThat(System.getProperty(LentDevices.PROPERTY)).as("the second's").isEqualTo("0");
    }

    @Test
    void anotherPrecisionIsSaid() {
        CudaConfig tf32 = new CudaConfig(Precision.TF32, false, true, 0, DeviceSharing.EXCLUSIVE, "fpga");

        assertThat(assign(EngineChoice.AUTO, tf32, Machine.with(1)).used().engine())
                .isEqualTo("cuda (Card 0, tf32)");
    }

    @Test
    void whatComputesConvolutionsIsSaidWhereThereAreSome() {
        Machine machine = Machine.with(1);
        machine.convolutions = "cuDNN 9.19.0";
        CudaConfig bfloat16 = new CudaConfig(Precision.BFLOAT16, true, false, 0, DeviceSharing.EXCLUSIVE, "gpu");

        assertThat(assign(EngineChoice.AUTO, bfloat16, machine).used().engine())
                .isEqualTo("cuda (Card 0, bfloat16, cuDNN 9.19.0)");
        assertThat(machine.asked).extracting(CudaSettings::cudnn).containsExactly(false);
    }
}
