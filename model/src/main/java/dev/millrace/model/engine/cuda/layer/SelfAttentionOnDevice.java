package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Matrices;
import dev.millrace.model.engine.cuda.device.Products;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.SelfAttentionSpec;
import org.jspecify.annotations.Nullable;

/**
 * See {@link SelfAttentionSpec}; backward of each head, with A its weights and H what it gathers:
 *
 * <pre>
 * dV = A' dH,  dA = dH V',  dS = A (dA - sum_s A dA) / sqrt(keyDim),  dQ = dS K,  dK = dS' Q
 * </pre>
 *
 * Products of a head are those of all samples at once; queries, keys and values stay where their projection left them. Scores and
 * dA are of some samples at a time, since they grow with the square of the steps.
 */
final class SelfAttentionOnDevice extends BufferedOnDevice {
    /** Bytes that stay in the cache of a large card between the product that makes them and the kernel that reads them. */
    private static final long MOST_SCORES = 32L << 20;

    private static final int WARP = 32;
    private static final int KEYS = 1; // queries are 0
    private static final int VALUES = 2;

    private final Products products;
    private final int steps;
    private final int features;
    private final int heads;
    private final int keyDim;
    private final int width; // of queries, keys or values of all heads
    private final float scale;
    private final AbsentSteps absent;
    private final StepsProjection input;
    private final StepsProjection output;
    private final Tensor projected; // [most, steps, 3 width]: q k v
    private final Tensor projectedGradients; // the same
    private final Tensor gathered; // [most, steps, width]: H of each head
    private final Tensor gatheredGradients; // the same
    private final Tensor weights; // [most, heads, steps, steps]: A, then dS
    private final int samples; // at a time
    private final Tensor scores; // [samples, heads, steps, steps], or dA; float32

    SelfAttentionOnDevice(Compilation to, PlacedLayer placed, SelfAttentionSpec spec, boolean last) {
        super(to, placed.output().size(), last);
        this.products = device.products();
        this.steps = placed.input().height();
        this.features = placed.input().channels();
        this.heads = spec.numHeads();
        this.keyDim = spec.keyDim();
        this.width = spec.width();
        this.scale = (float) (1 / Math.sqrt(keyDim));
        this.absent = new AbsentSteps(to, spec.maskZero(), steps, features);
        this.input = new StepsProjection(to, placed, 0, 1, steps, features, 3 * width);
        this.output = new StepsProjection(to, placed, 2, 3, steps, width, features);
        boolean wide = device.wide();
        long count = (long) to.most() * steps;
        this.projected = to.tensor(count * 3 * width, wide);
        this.projectedGradients = to.tensor(count * 3 * width, wide);
        this.gathered = to.tensor(count * width, wide);
        this.gatheredGradients = to.tensor(count * width, wide);
        this.weights = to.tensor(count * steps * heads, wide);
        this.samples = (int) Math.max(1, Math.min(to.most(), MOST_SCORES / (weightsOfSample() * Float.BYTES)));
        this.scores = to.tensor(samples * weightsOfSample(), true);
    }

    private long weightsOfSample() {
        return (long) heads * steps * steps;
    }

    @Override
    public void forward(Tensor x, Pass pass) {
        absent.read(x, pass);
        input.forward(x, projected, pass.rows() * steps);
        for (int from = 0; from < pass.rows(); from += samples) look(from, Math.min(samples, pass.rows() - from));
        output.forward(gathered, output(), pass.rows() * steps);
        absent.clear(output(), features, pass);
    }

    private void look(int from, int count) {
        for (int head = 0; head < heads; head++) {
            Matrices queries = part(projected, from, 0, head);
            Matrices keys = part(projected, from, KEYS, head);
            products.timesTransposedEach(queries, keys, ofHead(scores, 0, head), steps, steps, keyDim, count);
        }
        long flags = absent.flags() == 0 ? 0 : absent.flags() + (long) from * steps * Integer.BYTES;
        device.kernel("attentionWeights")
                .address(scores.address())
                .tensor(weights.from(from * weightsOfSample()))
                .address(flags)
                .real(scale)
                .integer(heads)
                .integer(steps)
                .integer(count)
                .elements((long) count * heads * steps * WARP);
        for (int head = 0; head < heads; head++) {
            Matrices values = part(projected, from, VALUES, head);
            Matrices into = gathered(gathered, from, head);
            products.timesEach(ofHead(weights, from, head), values, into, steps, keyDim, steps, count);
        }
    }

    @Override
    public void backward(Tensor x, @Nullable Tensor inputGradient, Pass pass) {
        absent.clear(outputGradient(), features, pass);
        output.inputGradient(outputGradient(), gatheredGradients, pass.rows() * steps);
        output.weightGradient(outputGradient(), gathered, pass);
        for (int from = 0; from < pass.rows(); from += samples) lookBack(from, Math.min(samples, pass.rows() - from));
        input.weightGradient(projectedGradients, x, pass);
        if (inputGradient != null) input.inputGradient(projectedGradients, inputGradient, pass.rows() * steps);
    }

    private void lookBack(int from, int count) {
        for (int head = 0; head < heads; head++) {
            Matrices dh = gathered(gatheredGradients, from, head);
            Matrices values = part(projected, from, VALUES, head);
            Matrices dv = part(projectedGradients, from, VALUES, head);
            products.transposedTimesEach(ofHead(weights, from, head), dh, dv, steps, keyDim, steps, count);
            products.timesTransposedEach(dh, values, ofHead(scores, 0, head), steps, steps, keyDim, count);
        }
        long lines = (long) count * heads * steps;
        device.kernel("attentionSlopes")
                .address(scores.address())
                .tensor(weights.from(from * weightsOfSample()))
                .real(scale)
                .integer(steps)
                .count(lines)
                .elements(lines * WARP);
        for (int head = 0; head < heads; head++) {
            Matrices ds = ofHead(weights, from, head);
            Matrices dq = part(projectedGradients, from, 0, head);
            Matrices dk = part(projectedGradients, from, KEYS, head);
            products.timesEach(ds, part(projected, from, KEYS, head), dq, steps, keyDim, steps, count);
            products.transposedTimesEach(ds, part(projected, from, 0, head), dk, steps, keyDim, steps, count);
        }
    }

    /** Queries, keys or values of a head, of the samples from one on. */
    private Matrices part(Tensor of, int sample, int part, int head) {
        int all = 3 * width;
        long first = (long) sample * steps * all + (long) part * width + (long) head * keyDim;
        return new Matrices(of.from(first), all, (long) steps * all);
    }

    private Matrices gathered(Tensor of, int sample, int head) {
        long first = (long) sample * steps * width + (long) head * keyDim;
        return new Matrices(of.from(first), width, (long) steps * width);
    }

    /** Who looks at whom by a head, of the samples from one on. */
    private Matrices ofHead(Tensor of, int sample, int head) {
        long first = sample * weightsOfSample() + (long) head * steps * steps;
        return new Matrices(of.from(first), steps, weightsOfSample());
    }

    @Override
    public void silence(Pass pass) {
        super.silence(pass);
        pass.silence(device, projected, (long) steps * 3 * width);
        pass.silence(device, gathered, (long) steps * width);
        pass.silence(device, weights, weightsOfSample());
    }
}
