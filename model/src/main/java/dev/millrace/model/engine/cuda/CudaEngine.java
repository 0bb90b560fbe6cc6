package dev.millrace.model.engine.cuda;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import java.util.List;

/** The engine for NVIDIA GPUs. */
public final class CudaEngine implements GradientEngine {

    /**
     * Compiles the model for a device.
     *
     * @throws IllegalStateException naming what is missing for CUDA on this machine
     * @throws IllegalArgumentException naming the layers that this engine lacks
     */
    public CudaEngine(ModelSpec spec, CudaSettings settings) {
        String missing = Cuda.missing();
        if (missing != null) throw new IllegalStateException("Engine cuda cannot run here: " + missing);
        throw new IllegalStateException("not built yet: " + spec.name() + settings);
    }

    /** Layers of the model that the engine lacks, as {@code kind (name)}; empty if it has all. */
    public static List<String> unsupported(ModelSpec spec) {
        return List.of();
    }

    /** Rows that go through the device at once, at most. */
    public int microBatchLimit() {
        return 0;
    }

    /** How often that was halved because the device's memory ran out. */
    public long halvings() {
        return 0;
    }

    /** Bytes held on the device. */
    public long deviceBytes() {
        return 0;
    }

    /** What the driver calls the device. */
    public String deviceName() {
        return "";
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public void upload(int offset, float[] block, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void uploadRows(int table, int[] rows, float[] values, int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void predict(SampleBatch batch, int microBatch, float[] predictions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
