package dev.millrace.pipeline.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VisibleDevicesTest {

    @Test
    void withoutTheVariableNumbersAreTheMachines() {
        VisibleDevices four = new VisibleDevices(4, null);

        assertThat(four.of(List.of("1", "3"))).containsExactly(1, 3);
        assertThat(four.of(List.of("4"))).as("which the process does not see").isEmpty();
        assertThat(four).hasToString("4 devices");
    }

    @Test
    void theVariableNumbersThemAnewInItsOrder() {
        VisibleDevices two = new VisibleDevices(2, "3,1");

        assertThat(two.of(List.of("1", "3"))).containsExactly(1, 0);
        assertThat(two.of(List.of("0"))).as("hidden").isEmpty();
        assertThat(two).hasToString("2 devices (CUDA_VISIBLE_DEVICES 3,1)");
    }

    /** As CUDA does with all that follows an entry that names no device. */
    @Test
    void anEntryThatTheDriverDoesNotCountIsNoDevice() {
        assertThat(new VisibleDevices(1, "0,9").of(List.of("0", "9"))).containsExactly(0);
    }

    @Test
    void whereFlinkKnowsOfNoDevicesEveryVisibleOneMayBeUsed() {
        assertThat(new VisibleDevices(2, "5,7").of(List.of())).containsExactly(0, 1);
        assertThat(new VisibleDevices(1, null).of(List.of())).containsExactly(0);
    }

    @Test
    void devicesNamedByUuidAreCountedFromZero() {
        VisibleDevices two = new VisibleDevices(2, "GPU-8e1b,GPU-77aa");

        assertThat(two.of(List.of("0", "1"))).containsExactly(0, 1);
    }
}
