package dev.millrace.model.engine.cuda.device;

/** The device, or the budget on it, has no room for what was asked. */
public final class DeviceMemoryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    DeviceMemoryException(String message) {
        super(message);
    }
}
