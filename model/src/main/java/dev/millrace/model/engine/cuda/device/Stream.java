package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;
import static org.bytedeco.cuda.global.cudart.cudaStreamWaitEvent;

import org.bytedeco.cuda.cudart.CUstream_st;

/** A queue of work on the device. */
public final class Stream implements AutoCloseable {
    final CUstream_st handle = new CUstream_st();

    Stream() {
        Check.runtime(cudaStreamCreateWithFlags(handle, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    }

    /** What is enqueued from now on begins after what the event marks. */
    public void await(Event event) {
        Check.runtime(cudaStreamWaitEvent(handle, event.handle, 0), "cudaStreamWaitEvent");
    }

    /** Blocks until all work is done. */
    public void synchronize() {
        Check.runtime(cudaStreamSynchronize(handle), "cudaStreamSynchronize");
    }

    @Override
    public void close() {
        Check.runtime(cudaStreamDestroy(handle), "cudaStreamDestroy");
    }
}
