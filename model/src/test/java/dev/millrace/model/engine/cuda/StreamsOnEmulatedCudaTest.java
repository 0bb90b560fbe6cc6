package dev.millrace.model.engine.cuda;

import static dev.millrace.model.engine.cuda.DeviceCalls.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.cuda.global.cudart.*;

import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnEmulatedCuda
class StreamsOnEmulatedCudaTest {
    private static final String FILL = "extern \"C\" __global__ void fill(float* x, float value) { *x = value; }";

    private CUstream_st stream;
    private CUfunc_st fill;

    @BeforeEach
    void setUp() {
        reset();
        stream = stream();
        fill = kernel("fill", FILL);
    }

    @Test
    void shouldShowWhatWasThereBeforeToWhoeverDoesNotWait() {
        FloatPointer x = onDevice(1);

        check(launch(fill, 1, 1, stream, x, 2f));

        assertThat(read(x, 1)).containsExactly(1);
        check(cudaStreamSynchronize(stream));
        assertThat(read(x, 1)).containsExactly(2);
    }

    @Test
    void shouldLetTheLegacyStreamTakeTurnsWithBlockingStreamsOnly() {
        FloatPointer x = onDevice(1);
        CUstream_st blocking = new CUstream_st();
        check(cudaStreamCreateWithFlags(blocking, cudaStreamDefault));

        check(launch(fill, 1, 1, blocking, x, 2f));

        assertThat(read(x, 1)).containsExactly(2);
    }

    @Test
    void shouldReadPinnedMemoryWhenTheCopyRunsAndPageableMemoryAtOnce() {
        FloatPointer pinned = pinned(1), pageable = new FloatPointer(1f);
        FloatPointer x = floats(1), y = floats(1);

        check(cudaMemcpyAsync(x, pinned, 4, cudaMemcpyHostToDevice, stream));
        check(cudaMemcpyAsync(y, pageable, 4, cudaMemcpyHostToDevice, stream));
        pinned.put(5);
        pageable.put(5);
        check(cudaStreamSynchronize(stream));

        assertThat(read(x, 1)).containsExactly(5);
        assertThat(read(y, 1)).containsExactly(1);
    }

    @Test
    void shouldWritePinnedMemoryWhenTheCopyRuns() {
        FloatPointer x = onDevice(7), pinned = pinned(0);

        check(cudaMemcpyAsync(pinned, x, 4, cudaMemcpyDeviceToHost, stream));

        assertThat(pinned.get()).isZero();
        check(cudaStreamSynchronize(stream));
        assertThat(pinned.get()).isEqualTo(7);
    }

    @Test
    void shouldShowAMissingWaitBetweenStreams() {
        FloatPointer x = onDevice(1), y = floats(1);
        CUstream_st other = stream();

        check(launch(fill, 1, 1, stream, x, 2f));
        check(cudaMemcpyAsync(y, x, 4, cudaMemcpyDeviceToDevice, other));
        check(cudaStreamSynchronize(other));

        assertThat(read(y, 1)).containsExactly(1);
    }

    @Test
    void shouldShowAMissingWaitTheOtherWayRoundWhenOthersRunFirst() {
        FloatPointer x = onDevice(1), y = floats(1);
        CUstream_st other = stream();

        check(cudaMemcpyAsync(y, x, 4, cudaMemcpyDeviceToDevice, stream));
        check(launch(fill, 1, 1, other, x, 2f));
        EmulatedCuda.othersFirst(true);
        check(cudaStreamSynchronize(stream));

        assertThat(read(y, 1)).containsExactly(2);
    }

    @Test
    void shouldWaitForAnotherStreamUpToTheEvent() {
        FloatPointer x = onDevice(1), y = floats(1), z = onDevice(1);
        CUstream_st other = stream();
        CUevent_st done = event();

        check(launch(fill, 1, 1, stream, x, 2f));
        check(cudaEventRecord(done, stream));
        check(launch(fill, 1, 1, stream, z, 3f));
        check(cudaStreamWaitEvent(other, done, 0));
        check(cudaMemcpyAsync(y, x, 4, cudaMemcpyDeviceToDevice, other));
        check(cudaStreamSynchronize(other));

        assertThat(read(y, 1)).containsExactly(2);
        assertThat(read(z, 1)).containsExactly(1);
    }

    @Test
    void shouldBeReadyAfterEnoughQuestions() {
        CUevent_st done = event();
        FloatPointer x = onDevice(1);
        check(launch(fill, 1, 1, stream, x, 2f));
        check(launch(fill, 1, 1, stream, x, 3f));
        check(cudaEventRecord(done, stream));

        int refusals = 0;
        while (cudaEventQuery(done) == cudaErrorNotReady) refusals++;

        // Two kernels and the event itself.
        assertThat(refusals).isEqualTo(3);
        assertThat(read(x, 1)).containsExactly(3);
    }

    @Test
    void shouldMeasureTimeBetweenTimedEvents() {
        CUevent_st from = new CUevent_st(), to = new CUevent_st();
        check(cudaEventCreateWithFlags(from, cudaEventDefault));
        check(cudaEventCreateWithFlags(to, cudaEventDefault));
        float[] milliseconds = {-1};

        check(cudaEventRecord(from, stream));
        check(cudaEventRecord(to, stream));

        assertThat(cudaEventElapsedTime(milliseconds, from, to)).isEqualTo(cudaErrorNotReady);
        check(cudaEventSynchronize(to));
        check(cudaEventElapsedTime(milliseconds, from, to));
        assertThat(milliseconds[0]).isNotNegative();
        assertThat(cudaEventElapsedTime(milliseconds, event(), to)).isEqualTo(cudaErrorInvalidResourceHandle);
    }

    @Test
    void shouldRefuseStreamsOfAnotherDevice() {
        check(cudaSetDevice(1));
        CUstream_st elsewhere = stream();
        CUevent_st there = event();
        check(cudaSetDevice(0));

        assertThat(launch(fill, 1, 1, elsewhere, floats(1), 1f)).isEqualTo(CUDA_ERROR_INVALID_HANDLE);
        assertThat(cudaEventRecord(there, stream)).isEqualTo(cudaErrorInvalidResourceHandle);
    }

    @Test
    void shouldCopyRowsOfDifferentPitch() {
        FloatPointer x = onDevice(1, 2, 3, 4, 5, 6), y = onDevice(0, 0, 0, 0);

        check(cudaMemcpy2DAsync(y, 8, x, 12, 8, 2, cudaMemcpyDeviceToDevice, stream));
        check(cudaStreamSynchronize(stream));

        assertThat(read(y, 4)).containsExactly(1, 2, 4, 5);
    }
}
