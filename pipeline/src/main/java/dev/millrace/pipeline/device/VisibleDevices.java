package dev.millrace.pipeline.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Devices of a TaskManager as its process numbers them. Flink's discovery script gives the numbers of the machine; CUDA
 * numbers what {@code CUDA_VISIBLE_DEVICES} leaves anew, from 0 and in the order of that list.
 *
 * <p>The machine's numbers are those of {@code nvidia-smi}, in the order of the bus; CUDA's own are that only with
 * {@code CUDA_DEVICE_ORDER=PCI_BUS_ID}, which matters where the devices of a machine differ.
 */
record VisibleDevices(int count, @Nullable String variable) {

    /**
     * The process' numbers of devices.
     *
     * @param indices that Flink gave; none means that it knows of no devices, and every visible one may be used
     */
    List<Integer> of(List<String> indices) {
        if (indices.isEmpty()) return IntStream.range(0, count).boxed().toList();
        List<String> names = names();
        List<Integer> devices = new ArrayList<>();
        for (String index : indices) {
            int device = names.indexOf(index.trim());
            if (device >= 0 && device < count) devices.add(device);
        }
        return devices;
    }

    /** What the machine calls the visible devices, in the order of their numbers in this process. */
    private List<String> names() {
        String list = variable;
        // Without the variable numbers are the machine's. Where it names devices by UUID, nothing says which number is
        // which:
        // whoever sets it so for a process gave it those devices, and a script asked inside sees them from 0.
        if (list == null || list.contains("-"))
            return IntStream.range(0, count).mapToObj(String::valueOf).toList();
        return Arrays.stream(list.split(",", -1)).map(String::trim).toList();
    }

    /** For an error message. */
    @Override
    public String toString() {
        String seen = count + (count == 1 ? " device" : " devices");
        return variable == null ? seen : seen + " (CUDA_VISIBLE_DEVICES " + variable + ")";
    }
}
