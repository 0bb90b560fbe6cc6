package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.cudaEventCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaEventDestroy;
import static org.bytedeco.cuda.global.cudart.cudaEventDisableTiming;
import static org.bytedeco.cuda.global.cudart.cudaEventRecord;
import static org.bytedeco.cuda.global.cudart.cudaEventSynchronize;

import org.bytedeco.cuda.cudart.CUevent_st;

/** A mark in a stream; before the first mark it counts as reached. */
public final class Event implements AutoCloseable {
    final CUevent_st handle = new CUevent_st();

    Event() {
        Check.runtime(cudaEventCreateWithFlags(handle, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    }

    /** Marks the end of what the stream holds now. */
    public void mark(Stream stream) {
        Check.runtime(cudaEventRecord(handle, stream.handle), "cudaEventRecord");
    }

    /** Blocks until the work before the mark is done. */
    public void synchronize() {
        Check.runtime(cudaEventSynchronize(handle), "cudaEventSynchronize");
    }

    @Override
    public void close() {
        Check.runtime(cudaEventDestroy(handle), "cudaEventDestroy");
    }
}
