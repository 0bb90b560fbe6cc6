package dev.millrace.model.layer;

import dev.millrace.model.memory.Blas;
import dev.millrace.model.memory.FastMath;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.SelfAttentionSpec;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * See {@link SelfAttentionSpec}; backward, for each head with A its a_ts and H = A V what it gathers:
 *
 * <pre>
 * dH = dy O,  dV = A' dH,  dA = dH V',  dS_ts = a_ts (dA_ts - sum_u a_tu dA_tu) / sqrt(keyDim)
 * dQ = dS K,  dK = dS' Q
 * </pre>
 */
final class SelfAttentionLayer extends BufferedLayer {
    private final int steps;
    private final int heads;
    private final int keyDim;
    private final int width; // of queries, keys or values of all heads
    private final float scale;
    private final StepMask mask;
    private final Projection input;
    private final Projection output;
    private final OffHeap projected; // [chunk, steps, 3 width]: q k v
    private final OffHeap projectedGradients; // the same
    private final OffHeap gathered; // [chunk, steps, width]: H of each head
    private final OffHeap gatheredGradients; // the same
    private final OffHeap weights; // [chunk, heads, steps, steps]: A
    private final OffHeap weightGradients; // [steps, steps]: dA, then dS
    private final FloatPointer allProjected;
    private final FloatPointer allProjectedGradients;
    private final FloatPointer allGathered;
    private final FloatPointer allGatheredGradients;
    private final Moving q;
    private final Moving k;
    private final Moving v;
    private final Moving dq;
    private final Moving dk;
    private final Moving dv;
    private final Moving h;
    private final Moving dh;
    private final Moving a;
    private final FloatPointer da;

    /** A pointer that is moved: a new one would be garbage. */
    private static final class Moving {
        private final FloatPointer pointer;
        private final long base;

        Moving(OffHeap memory) {
            this.pointer = memory.pointer(0);
            this.base = pointer.position();
        }

        FloatPointer at(long offset) {
            return pointer.position(base + offset);
        }
    }

    SelfAttentionLayer(SelfAttentionSpec spec, PlacedLayer placed, Tensors tensors) {
        super(tensors.chunk(), placed.output().size());
        int chunk = tensors.chunk();
        int features = placed.input().channels();
        this.steps = placed.input().height();
        this.heads = spec.numHeads();
        this.keyDim = spec.keyDim();
        this.width = spec.width();
        this.scale = (float) (1 / Math.sqrt(keyDim));
        this.mask = new StepMask(spec.maskZero(), chunk * steps, features);
        this.input = new Projection(
                steps,
                features,
                3 * width,
                placed.parameters().get(0).offset(),
                placed.parameters().get(1).offset(),
                tensors);
        this.output = new Projection(
                steps,
                width,
                features,
                placed.parameters().get(2).offset(),
                placed.parameters().get(3).offset(),
                tensors);
        this.projected = new OffHeap((long) chunk * steps * 3 * width);
        this.projectedGradients = new OffHeap((long) chunk * steps * 3 * width);
        this.gathered = new OffHeap((long) chunk * steps * width);
        this.gatheredGradients = new OffHeap((long) chunk * steps * width);
        this.weights = new OffHeap((long) chunk * heads * steps * steps);
        this.weightGradients = new OffHeap((long) steps * steps);
        this.allProjected = projected.pointer(0);
        this.allProjectedGradients = projectedGradients.pointer(0);
        this.allGathered = gathered.pointer(0);
        this.allGatheredGradients = gatheredGradients.pointer(0);
        this.q = new Moving(projected);
        this.k = new Moving(projected);
        this.v = new Moving(projected);
        this.dq = new Moving(projectedGradients);
        this.dk = new Moving(projectedGradients);
        this.dv = new Moving(projectedGradients);
        this.h = new Moving(gathered);
        this.dh = new Moving(gatheredGradients);
        this.a = new Moving(weights);
        this.da = weightGradients.pointer(0);
    }

    /** Where the queries of a head of a row begin; its keys and values are {@code width} and twice that further. */
    private long query(int r, int head) {
        return (long) r * steps * 3 * width + (long) head * keyDim;
    }

    private long gathered(int r, int head) {
        return (long) r * steps * width + (long) head * keyDim;
    }

    private long weights(int r, int head) {
        return ((long) r * heads + head) * steps * steps;
    }

    @Override
    public void forward(FloatPointer x, int rows, boolean training) {
        int count = rows * steps;
        int wide = 3 * width;
        mask.read(address(x), count);
        input.forward(x, allProjected, count);
        for (int r = 0; r < rows; r++) {
            for (int head = 0; head < heads; head++) {
                long at = query(r, head);
                FloatPointer looks = a.at(weights(r, head));
                Blas.product(
                        'N', 'T', steps, keyDim, steps, scale, q.at(at), wide, k.at(at + width), wide, looks, steps);
                softmax(r, weights.address(weights(r, head)));
                FloatPointer to = h.at(gathered(r, head));
                Blas.product('N', 'N', steps, steps, keyDim, 1f, looks, steps, v.at(at + 2L * width), wide, to, width);
            }
        }
        output.forward(allGathered, output(), count);
        mask.clear(outputAddress, count, units / steps);
    }

    /** Row by row, over the steps that are there. */
    private void softmax(int r, long at) {
        for (long row = at, end = at + 4L * steps * steps; row < end; row += 4L * steps) {
            float largest = Float.NEGATIVE_INFINITY;
            for (int s = 0; s < steps; s++) {
                if (!mask.isAbsent(r * steps + s)) largest = Math.max(largest, Memory.get(row + 4L * s));
            }
            double sum = 0;
            for (int s = 0; s < steps; s++) {
                boolean absent = mask.isAbsent(r * steps + s);
                float weight = absent ? 0 : FastMath.exp(Memory.get(row + 4L * s) - largest);
                Memory.put(row + 4L * s, weight);
                sum += weight;
            }
            if (sum == 0) continue; // nothing is there
            float share = (float) (1 / sum);
            for (int s = 0; s < steps; s++) Memory.put(row + 4L * s, Memory.get(row + 4L * s) * share);
        }
    }

    @Override
    public double backward(
            FloatPointer x, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        int count = rows * steps;
        int wide = 3 * width;
        mask.clear(gradientAddress, count, units / steps);
        output.inputGradient(outputGradient(), allGatheredGradients, count);
        for (int r = 0; r < rows; r++) {
            for (int head = 0; head < heads; head++) {
                long at = query(r, head);
                FloatPointer gradient = dh.at(gathered(r, head));
                FloatPointer looks = a.at(weights(r, head));
                Blas.product(
                        'T',
                        'N',
                        steps,
                        steps,
                        keyDim,
                        1f,
                        looks,
                        steps,
                        gradient,
                        width,
                        dv.at(at + 2L * width),
                        wide);
                Blas.product(
                        'N', 'T', steps, keyDim, steps, 1f, gradient, width, v.at(at + 2L * width), wide, da, steps);
                slopes(weights.address(weights(r, head)));
                Blas.product('N', 'N', steps, steps, keyDim, 1f, da, steps, k.at(at + width), wide, dq.at(at), wide);
                Blas.product('T', 'N', steps, steps, keyDim, 1f, da, steps, q.at(at), wide, dk.at(at + width), wide);
            }
        }
        double norms = output.weightGradient(outputGradient(), allGathered, rows, first, withNorms);
        norms += input.weightGradient(allProjectedGradients, x, rows, first, withNorms);
        if (inputGradient != null) input.inputGradient(allProjectedGradients, inputGradient, count);
        return norms;
    }

    /** Turns dA into dS. */
    private void slopes(long at) {
        long d = weightGradients.address(0);
        for (long row = at, end = at + 4L * steps * steps; row < end; row += 4L * steps, d += 4L * steps) {
            double along = 0;
            for (long s = 0; s < 4L * steps; s += 4) along += (double) Memory.get(row + s) * Memory.get(d + s);
            for (long s = 0; s < 4L * steps; s += 4) {
                Memory.put(d + s, Memory.get(row + s) * (float) (Memory.get(d + s) - along) * scale);
            }
        }
    }

    @Override
    public void silence(int row) {
        super.silence(row);
        Memory.zero(projected.address((long) row * steps * 3 * width), (long) steps * 3 * width);
        Memory.zero(gathered.address((long) row * steps * width), (long) steps * width);
        Memory.zero(weights.address(weights(row, 0)), (long) heads * steps * steps);
    }

    @Override
    public void close() {
        super.close();
        input.close();
        output.close();
        projected.close();
        projectedGradients.close();
        gathered.close();
        gatheredGradients.close();
        weights.close();
        weightGradients.close();
    }
}
