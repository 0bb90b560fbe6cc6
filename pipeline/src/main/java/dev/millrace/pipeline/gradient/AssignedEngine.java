package dev.millrace.pipeline.gradient;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.spec.ModelSpec;

/** A worker's engine, what is to be said of it, and what its device goes back with. */
public final class AssignedEngine implements AutoCloseable {
    private final GradientEngine engine;
    private final EngineFactory others;
    private final EngineUsed used;
    private final DeviceUse device;
    private final int microBatch;
    private final Runnable giveBack;

    private AssignedEngine(
            GradientEngine engine,
            EngineFactory others,
            EngineUsed used,
            DeviceUse device,
            int microBatch,
            Runnable giveBack) {
        this.engine = engine;
        this.others = others;
        this.used = used;
        this.device = device;
        this.microBatch = microBatch;
        this.giveBack = giveBack;
    }

    /**
     * The engine that was asked for, without a device.
     *
     * @param others makes engines for other models beside it
     */
    public static AssignedEngine asked(GradientEngine engine, EngineFactory others) {
        return new AssignedEngine(engine, others, EngineUsed.of(engine.name(), ""), DeviceUse.NONE, 0, () -> {});
    }

    /** An engine instead of a faster one; see {@link #asked}. */
    public static AssignedEngine insteadOf(GradientEngine engine, EngineFactory others, String reason) {
        return new AssignedEngine(engine, others, EngineUsed.of(engine.name(), reason), DeviceUse.NONE, 0, () -> {});
    }

    /**
     * An engine on a device.
     *
     * @param others makes engines for other models on the same device, or on the CPU if it cannot have them
     * @param name with the device's
     * @param microBatch samples at once, as the device has room of its own; 0 for what fits the worker's memory
     * @param giveBack called once, when the engine is closed
     */
    public static AssignedEngine onDevice(
            GradientEngine engine,
            EngineFactory others,
            String name,
            DeviceUse device,
            int microBatch,
            Runnable giveBack) {
        return new AssignedEngine(engine, others, EngineUsed.of(name, ""), device, microBatch, giveBack);
    }

    public GradientEngine engine() {
        return engine;
    }

    /** An engine for another model of the same worker, where this one is; the caller closes it first. */
    GradientEngine beside(ModelSpec other) {
        return others.create(other);
    }

    /** What is to be said of such an engine. */
    EngineUsed usedBeside(GradientEngine other) {
        if (other.name().equals(engine.name())) return used;
        return EngineUsed.of(other.name(), "engine " + engine.name() + " has no kernels or no memory for it");
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
