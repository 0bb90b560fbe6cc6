package dev.millrace.model.engine.cuda;

import static dev.millrace.model.engine.cuda.DeviceCalls.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.cuda.global.cudart.*;

import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnEmulatedCuda
class GraphsOnEmulatedCudaTest {
    private static final String INCREASE = "extern \"C\" __global__ void increase(float* x, float by) { *x += by; }";

    private CUstream_st stream;
    private CUfunc_st increase;

    @BeforeEach
    void setUp() {
        reset();
        stream = stream();
        increase = kernel("increase", INCREASE);
    }

    private void begin() {
        check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    }

    private CUgraphExec_st end() {
        CUgraph_st graph = new CUgraph_st();
        check(cudaStreamEndCapture(stream, graph));
        CUgraphExec_st executable = new CUgraphExec_st();
        check(cudaGraphInstantiate(executable, graph, 0));
        check(cudaGraphDestroy(graph));
        return executable;
    }

    @Test
    void shouldRunWhatWasCapturedOnlyWhenItIsLaunchedAndAsOften() {
        FloatPointer x = onDevice(1);

        begin();
        check(launch(increase, 1, 1, stream, x, 1f));
        check(launch(increase, 1, 1, stream, x, 2f));
        CUgraphExec_st graph = end();
        check(cudaStreamSynchronize(stream));
        assertThat(read(x, 1)).containsExactly(1);

        for (int i = 0; i < 3; i++) check(cudaGraphLaunch(graph, stream));
        assertThat(read(x, 1)).containsExactly(1);
        check(cudaStreamSynchronize(stream));
        assertThat(read(x, 1)).containsExactly(10);
        check(cudaGraphExecDestroy(graph));
    }

    @Test
    void shouldReadPinnedMemoryAnewAtEachLaunch() {
        FloatPointer x = floats(1), pinned = pinned(3);

        begin();
        check(cudaMemcpyAsync(x, pinned, 4, cudaMemcpyHostToDevice, stream));
        CUgraphExec_st graph = end();
        check(cudaGraphLaunch(graph, stream));
        check(cudaStreamSynchronize(stream));
        assertThat(read(x, 1)).containsExactly(3);

        pinned.put(4);
        check(cudaGraphLaunch(graph, stream));
        check(cudaStreamSynchronize(stream));
        assertThat(read(x, 1)).containsExactly(4);
    }

    @Test
    void shouldRefuseToSynchronizeWhileCapturing() {
        FloatPointer x = onDevice(1);
        begin();

        assertThat(cudaStreamSynchronize(stream)).isEqualTo(cudaErrorStreamCaptureUnsupported);
        assertThat(launch(increase, 1, 1, stream, x, 1f)).isEqualTo(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
        assertThat(cudaStreamEndCapture(stream, new CUgraph_st())).isEqualTo(cudaErrorStreamCaptureInvalidated);
    }

    @Test
    void shouldRefuseToAllocateWhileThisThreadCaptures() throws InterruptedException {
        begin();
        int[] elsewhere = new int[1];
        Thread thread = new Thread(() -> elsewhere[0] = cudaMalloc(new Pointer(), 4));
        thread.start();
        thread.join();

        assertThat(elsewhere[0]).isEqualTo(cudaSuccess);
        assertThat(cudaMalloc(new Pointer(), 4)).isEqualTo(cudaErrorStreamCaptureUnsupported);
        assertThat(cudaStreamEndCapture(stream, new CUgraph_st())).isEqualTo(cudaErrorStreamCaptureInvalidated);
    }

    @Test
    void shouldFollowEventsIntoASecondStreamAndBack() {
        FloatPointer x = onDevice(1), y = onDevice(1);
        CUstream_st side = stream();
        CUevent_st fork = event(), join = event();

        begin();
        check(cudaEventRecord(fork, stream));
        check(cudaStreamWaitEvent(side, fork, 0));
        check(launch(increase, 1, 1, side, y, 5f));
        check(cudaEventRecord(join, side));
        check(launch(increase, 1, 1, stream, x, 1f));
        check(cudaStreamWaitEvent(stream, join, 0));
        CUgraphExec_st graph = end();
        check(cudaGraphLaunch(graph, stream));
        check(cudaStreamSynchronize(stream));

        assertThat(read(x, 1)).containsExactly(2);
        assertThat(read(y, 1)).containsExactly(6);
    }

    @Test
    void shouldNoticeASecondStreamThatIsNotJoined() {
        FloatPointer y = onDevice(1);
        CUstream_st side = stream();
        CUevent_st fork = event();

        begin();
        check(cudaEventRecord(fork, stream));
        check(cudaStreamWaitEvent(side, fork, 0));
        check(launch(increase, 1, 1, side, y, 5f));

        assertThat(cudaStreamEndCapture(stream, new CUgraph_st())).isEqualTo(cudaErrorStreamCaptureUnjoined);
    }

    @Test
    void shouldNoticeMemoryThatWasFreedUnderAGraph() {
        FloatPointer x = onDevice(1);
        begin();
        check(launch(increase, 1, 1, stream, x, 1f));
        CUgraphExec_st graph = end();
        check(cudaFree(x));

        check(cudaGraphLaunch(graph, stream));

        assertThat(cudaStreamSynchronize(stream)).isEqualTo(cudaErrorIllegalAddress);
    }
}
