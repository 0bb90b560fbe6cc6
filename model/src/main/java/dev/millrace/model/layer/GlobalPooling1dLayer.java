package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.Pooling;
import dev.millrace.model.spec.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** {@code y = mean_t x_t} or {@code max_t x_t}, of the steps that are there; backward {@code dx_t = dy / count}, or dy at the first largest. */
final class GlobalPooling1dLayer extends BufferedLayer {
    private static final int NONE = -1;

    private final boolean largest;
    private final int steps;
    private final StepMask mask;
    private final int[] winners; // [chunk, units]: the step whose value left
    private final int[] counts; // [chunk]: steps that are there

    GlobalPooling1dLayer(Pooling pooling, Shape input, boolean maskZero, int chunk) {
        super(chunk, input.channels());
        this.largest = pooling == Pooling.MAX;
        this.steps = input.height();
        this.mask = new StepMask(maskZero, chunk * steps, units);
        this.winners = new int[chunk * units];
        this.counts = new int[chunk];
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        long x = address(input);
        mask.read(x, rows * steps);
        Memory.zero(outputAddress, (long) rows * units);
        for (int r = 0; r < rows; r++) {
            counts[r] = 0;
            for (int t = 0; t < steps; t++) if (!mask.isAbsent(r * steps + t)) counts[r]++;
            for (int k = 0; k < units; k++) {
                if (largest) maximum(x, r, k);
                else mean(x, r, k);
            }
        }
    }

    private void mean(long x, int r, int k) {
        if (counts[r] == 0) return;
        double sum = 0;
        for (int t = 0; t < steps; t++) if (!mask.isAbsent(r * steps + t)) sum += Memory.get(at(x, r, t, k));
        Memory.put(outputAddress + 4L * ((long) r * units + k), (float) (sum / counts[r]));
    }

    private void maximum(long x, int r, int k) {
        int winner = NONE;
        float best = 0;
        for (int t = 0; t < steps; t++) {
            if (mask.isAbsent(r * steps + t)) continue;
            float value = Memory.get(at(x, r, t, k));
            if (winner != NONE && !(value > best) && !Float.isNaN(value)) continue;
            winner = t;
            best = value;
        }
        winners[r * units + k] = winner;
        Memory.put(outputAddress + 4L * ((long) r * units + k), best);
    }

    private long at(long x, int r, int t, int k) {
        return x + 4L * (((long) r * steps + t) * units + k);
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        if (inputGradient == null) return 0;
        long dx = address(inputGradient);
        Memory.zero(dx, (long) rows * steps * units);
        for (int r = 0; r < rows; r++) {
            if (counts[r] == 0) continue;
            for (int k = 0; k < units; k++) {
                float dy = Memory.get(gradientAddress + 4L * ((long) r * units + k));
                if (largest) {
                    Memory.put(at(dx, r, winners[r * units + k], k), dy);
                } else {
                    for (int t = 0; t < steps; t++) {
                        if (!mask.isAbsent(r * steps + t)) Memory.put(at(dx, r, t, k), dy / counts[r]);
                    }
                }
            }
        }
        return 0;
    }
}
