package dev.millrace.model.engine.cuda.device;

/** Memory on the device; give it back by {@link #close}. */
public final class DeviceMemory implements AutoCloseable {
    private final Device device;
    private final long address;
    private final long bytes;
    private boolean closed;

    DeviceMemory(Device device, long address, long bytes) {
        this.device = device;
        this.address = address;
        this.bytes = bytes;
    }

    /** Of the first byte, a multiple of 256. */
    public long address() {
        return address;
    }

    /** How many there are. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        device.free(address, bytes);
    }
}
