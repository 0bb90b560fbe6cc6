package dev.millrace.model.client;

import dev.millrace.model.engine.Nd4jPredictor;
import dev.millrace.model.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Predictions of zeros before a model serves, so that no reader waits for libraries to load, loops to be compiled, pages or
 * buffers to be there. Zero is a number to every layer, and an id of every table.
 */
final class WarmUp {
    private static final int ROWS = 32;

    private final float[] rows; // [ROWS, inputs], zeros
    private final float[] into; // [ROWS, outputs]

    private WarmUp(ModelSpec spec) {
        this.rows = new float[Math.multiplyExact(ROWS, spec.inputs())];
        this.into = new float[Math.multiplyExact(ROWS, spec.outputs())];
    }

    /**
     * Warms a model that nobody uses yet.
     *
     * @param predictors how many threads will find buffers
     * @param rounds how often one of them predicts, at most
     * @param nanos when it stops in any case
     */
    static void of(ModelSpec spec, ModelMemory memory, int predictors, int rounds, long nanos) {
        WarmUp warmUp = new WarmUp(spec);
        List<Nd4jPredictor> taken = new ArrayList<>();
        try {
            for (int i = 0; i < predictors; i++) taken.add(memory.take());
            for (Nd4jPredictor each : taken) warmUp.round(each);
            long start = System.nanoTime();
            for (int i = 0; i < rounds && System.nanoTime() - start < nanos; i++) warmUp.round(taken.get(0));
        } finally {
            taken.forEach(memory::giveBack);
        }
    }

    /** A single row and several take different ways through the products. */
    private void round(Nd4jPredictor predictor) {
        predictor.predict(rows, 1, into);
        predictor.predict(rows, ROWS, into);
    }
}
