package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.cudaFreeHost;
import static org.bytedeco.cuda.global.cudart.cudaHostAlloc;
import static org.bytedeco.cuda.global.cudart.cudaHostAllocDefault;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** Page-locked memory of the host, which the device reads and writes by itself while the host goes on. */
public final class HostMemory implements AutoCloseable {
    private final long address;
    private boolean closed;

    HostMemory(long bytes) {
        try (PointerPointer<Pointer> holder = new PointerPointer<>(1)) {
            Check.runtime(cudaHostAlloc(holder, bytes, cudaHostAllocDefault), "cudaHostAlloc of " + bytes + " bytes");
            this.address = holder.get(0).address();
        }
    }

    /** Of the first byte. */
    public long address() {
        return address;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        try (Address pointer = new Address()) {
            Check.runtime(cudaFreeHost(pointer.at(address)), "cudaFreeHost");
            pointer.at(0);
        }
    }
}
