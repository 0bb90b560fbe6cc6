package dev.millrace.pipeline.gradient;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many samples go through the engine at once: as many as configured until memory runs out (heap, native or the
 * device's), then half as many, for as long as the worker lives. The mini-batch stays, and so does its gradient.
 */
final class MicroBatches {
    private static final Logger LOG = LoggerFactory.getLogger(MicroBatches.class);

    private int size;
    private long halved;

    /** @param size samples, >= 1 */
    MicroBatches(int size) {
        this.size = size;
    }

    /** Computes the sums of a mini-batch. @throws OutOfMemoryError if not even one sample at a time fits */
    void compute(GradientEngine engine, SampleBatch batch, GradientSum into) {
        while (true) {
            try {
                engine.lossAndGradient(batch, size, into);
                return;
            } catch (OutOfMemoryError e) {
                int tried = Math.min(size, batch.rows());
                if (tried <= 1) throw e;
                size = tried / 2;
                halved++;
                LOG.warn(
                        "Out of memory with {} samples at once: {}. Goes on with {}; a smaller batch.micro or"
                                + " batch.memory-budget would begin there",
                        tried,
                        e.getMessage(),
                        size);
            }
        }
    }

    /** Samples at once. */
    int size() {
        return size;
    }

    /** How often memory ran out. */
    long halved() {
        return halved;
    }
}
