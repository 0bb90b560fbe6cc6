package dev.millrace.model.engine.cuda;

import static dev.millrace.model.engine.cuda.DeviceCalls.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.cuda.global.cudart.*;

import java.nio.charset.StandardCharsets;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnEmulatedCuda
class MemoryOnEmulatedCudaTest {

    @BeforeEach
    void setUp() {
        reset();
    }

    @Test
    void shouldBeSeenByTheEnginesProbe() {
        assertThat(Cuda.missing()).isNull();
        assertThat(Cuda.devices()).isEqualTo(2);
    }

    @Test
    void shouldReadAsNotANumberUntilItIsWritten() {
        assertThat(read(floats(2), 2)).containsExactly(Float.NaN, Float.NaN);
    }

    @Test
    void shouldRunOutAndRecover() {
        EmulatedCuda.memory(1 << 20);
        Pointer half = new Pointer(), more = new Pointer();
        check(cudaMalloc(half, 600_000));

        assertThat(cudaMalloc(more, 600_000)).isEqualTo(cudaErrorMemoryAllocation);
        assertThat(cudaGetLastError()).isEqualTo(cudaErrorMemoryAllocation);
        assertThat(cudaGetLastError()).isEqualTo(cudaSuccess);
        check(cudaFree(half));
        check(cudaMalloc(more, 600_000));
    }

    @Test
    void shouldCountWhatIsHeld() {
        long before = free();
        FloatPointer x = floats(1000);

        assertThat(before - free()).isBetween(4000L, 8192L);
        check(cudaFree(x));
        assertThat(free()).isEqualTo(before);
    }

    @Test
    void shouldKeepDevicesApart() {
        FloatPointer here = onDevice(1);
        check(cudaSetDevice(1));
        long before = free();
        check(cudaSetDevice(0));
        FloatPointer more = floats(100_000);
        check(cudaSetDevice(1));

        assertThat(free()).isEqualTo(before);
        check(cudaFree(more));
        check(cudaSetDevice(0));
        assertThat(read(here, 1)).containsExactly(1);
    }

    @Test
    void shouldRefuseToFreeWhatIsNotHeld() {
        FloatPointer x = floats(1);
        check(cudaFree(x));

        assertThat(cudaFree(x)).isEqualTo(cudaErrorInvalidValue);
        assertThat(cudaFreeHost(x)).isEqualTo(cudaErrorInvalidValue);
    }

    @Test
    void shouldRefuseCopiesPastTheEndOrInTheWrongDirection() {
        FloatPointer x = floats(4), host = new FloatPointer(8);
        CUstream_st stream = stream();

        assertThat(cudaMemcpyAsync(x, host, 20, cudaMemcpyHostToDevice, stream)).isEqualTo(cudaErrorInvalidValue);
        assertThat(cudaMemcpyAsync(host, x, 16, cudaMemcpyHostToDevice, stream)).isEqualTo(cudaErrorInvalidValue);
        assertThat(cudaMemcpyAsync(pinned(1, 2, 3), x, 16, cudaMemcpyDeviceToHost, stream))
                .isEqualTo(cudaErrorInvalidValue);
        assertThat(cudaMemsetAsync(x, 0, 17, stream)).isEqualTo(cudaErrorInvalidValue);
        check(cudaMemsetAsync(x, 0, 16, stream));
        check(cudaStreamSynchronize(stream));
        assertThat(read(x, 4)).containsExactly(0, 0, 0, 0);
    }

    @Test
    void shouldDescribeTheDevice() {
        int[] value = new int[1];
        byte[] name = new byte[64];

        check(cudaDeviceGetAttribute(value, cudaDevAttrComputeCapabilityMajor, 0));
        check(cuDeviceGetName(name, name.length, 1));

        assertThat(value[0]).isEqualTo(9);
        assertThat(new String(name, StandardCharsets.UTF_8)).startsWith("Emulated CUDA device 1");
        assertThat(cudaSetDevice(2)).isEqualTo(cudaErrorInvalidDevice);
    }
}
