package dev.millrace.model.engine.cuda.check;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;

/**
 * How long a worker's step takes: the dense parameters and the batch go to the device, loss and gradient come back. It ends
 * when the gradient lies in the heap, so nothing need be waited for. Medians, after warming up.
 *
 * @param seconds of a step
 * @param secondsAtSameParameters of one whose parameters are there already
 */
record StepTime(double seconds, double secondsAtSameParameters) {
    private static final long WARM_NANOS = 200_000_000;
    private static final int MOST = 20_000;

    /** @param nanos to spend on each of the two, about */
    static StepTime of(ModelSpec spec, CudaEngine engine, float[] parameters, SampleBatch batch, long nanos) {
        int dense = spec.layout().denseSize();
        GradientSum sum = new GradientSum(dense);
        engine.upload(0, parameters, parameters.length);
        Runnable step = () -> engine.lossAndGradient(batch, batch.rows(), sum);
        Runnable worker = () -> {
            engine.upload(0, parameters, dense);
            step.run();
        };
        return new StepTime(median(worker, nanos), median(step, nanos));
    }

    private static double median(Runnable step, long nanos) {
        long warm = System.nanoTime();
        for (int i = 0; i < 3 || System.nanoTime() - warm < Math.min(WARM_NANOS, nanos); i++) step.run();
        double[] times = new double[MOST];
        int count = 0;
        long began = System.nanoTime();
        while (count < 5 || (count < MOST && System.nanoTime() - began < nanos)) {
            long before = System.nanoTime();
            step.run();
            times[count++] = (System.nanoTime() - before) / 1e9;
        }
        Arrays.sort(times, 0, count);
        return times[count / 2];
    }
}
