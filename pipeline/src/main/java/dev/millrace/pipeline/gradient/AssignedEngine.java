package dev.millrace.pipeline.gradient;

import dev.millrace.model.engine.GradientEngine;

/** A worker's engine, what is to be said of it, and what its device goes back with. */
public final class AssignedEngine implements AutoCloseable {
    private final GradientEngine engine;
    private final EngineUsed used;
    private final DeviceUse device;
    private final int microBatch;
    private final Runnable giveBack;

    private AssignedEngine(
            GradientEngine engine, EngineUsed used, DeviceUse device, int microBatch, Runnable giveBack) {
        this.engine = engine;
        this.used = used;
        this.device = device;
        this.microBatch = microBatch;
        this.giveBack = giveBack;
    }

    /** The engine that was asked for, without a device. */
    public static AssignedEngine asked(GradientEngine engine) {
        return new AssignedEngine(engine, EngineUsed.of(engine.name(), ""), DeviceUse.NONE, 0, () -> {});
    }

    /** An engine instead of a faster one. */
    public static AssignedEngine insteadOf(GradientEngine engine, String reason) {
        return new AssignedEngine(engine, EngineUsed.of(engine.name(), reason), DeviceUse.NONE, 0, () -> {});
    }

    /**
     * An engine on a device.
     *
     * @param name with the device's
     * @param microBatch samples at once, as the device has room of its own; 0 for what fits the worker's memory
     * @param giveBack called once, when the engine is closed
     */
    public static AssignedEngine onDevice(
            GradientEngine engine, String name, DeviceUse device, int microBatch, Runnable giveBack) {
        return new AssignedEngine(engine, EngineUsed.of(name, ""), device, microBatch, giveBack);
    }

    public GradientEngine engine() {
        return engine;
    }

    public EngineUsed used() {
        return used;
    }

    public DeviceUse device() {
        return device;
    }

    /** How many samples it is given at once, in a worker whose memory has room for so many. */
    int microBatch(int ofWorker) {
        return microBatch == 0 ? ofWorker : microBatch;
    }

    @Override
    public void close() {
        try {
            engine.close();
        } finally {
            giveBack.run();
        }
    }
}
