package dev.millrace.model.layer;

import dev.millrace.model.memory.FastMath;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.LstmSpec;
import dev.millrace.model.spec.PlacedLayer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * See {@link LstmSpec}; backward through all steps, from the last to the first, with dh and dc what comes from the steps behind:
 *
 * <pre>
 * dh += dy_t,  do = dh tanh(c) o (1 - o),  dc += dh o (1 - tanh(c)^2)
 * di = dc g i (1 - i),  df = dc c' f (1 - f),  dg = dc i (1 - g^2)       (c' before the step)
 * dh' = [di df dg do] U,  dc' = dc f,  dW += [di df dg do]' x_t,  dU += [di df dg do]' h',  db += [di df dg do]
 * </pre>
 */
final class LstmLayer extends BufferedLayer {
    private final int steps;
    private final int size; // of h and c
    private final int gateSize;
    private final boolean sequences;
    private final StepMask mask;
    private final Projection kernel;
    private final Projection recurrent;
    private final OffHeap gates; // [chunk, steps, 4 size]: i f g o, in backward their gradients
    private final OffHeap cells; // [chunk, steps, size]: c after the step
    private final OffHeap before; // [chunk, steps, size]: h before the step
    private final OffHeap now; // [chunk, 4 size]: gates of one step, or their gradients
    private final OffHeap hidden; // [chunk, size]: h, or dh
    private final OffHeap carried; // [chunk, size]: dh on its way to the step before
    private final OffHeap cellGradients; // [chunk, size]
    private final FloatPointer allGates;
    private final FloatPointer allBefore;
    private final FloatPointer nowPointer;
    private final FloatPointer hiddenPointer;
    private final FloatPointer carriedPointer;

    LstmLayer(LstmSpec spec, PlacedLayer placed, Tensors tensors) {
        super(tensors.chunk(), placed.output().size());
        int chunk = tensors.chunk();
        this.steps = placed.input().height();
        this.size = spec.units();
        this.gateSize = spec.gates();
        this.sequences = spec.returnSequences();
        int features = placed.input().channels();
        this.mask = new StepMask(spec.maskZero(), chunk * steps, features);
        this.kernel = new Projection(
                steps,
                features,
                gateSize,
                placed.parameters().get(0).offset(),
                placed.parameters().get(2).offset(),
                tensors);
        this.recurrent =
                new Projection(steps, size, gateSize, placed.parameters().get(1).offset(), -1, tensors);
        this.gates = new OffHeap((long) chunk * steps * gateSize);
        this.cells = new OffHeap((long) chunk * steps * size);
        this.before = new OffHeap((long) chunk * steps * size);
        this.now = new OffHeap((long) chunk * gateSize);
        this.hidden = new OffHeap((long) chunk * size);
        this.carried = new OffHeap((long) chunk * size);
        this.cellGradients = new OffHeap((long) chunk * size);
        this.allGates = gates.pointer(0);
        this.allBefore = before.pointer(0);
        this.nowPointer = now.pointer(0);
        this.hiddenPointer = hidden.pointer(0);
        this.carriedPointer = carried.pointer(0);
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        mask.read(address(input), rows * steps);
        kernel.forward(input, allGates, rows * steps);
        Memory.zero(hidden.address(0), (long) rows * size);
        for (int t = 0; t < steps; t++) {
            recurrent.forward(hiddenPointer, nowPointer, rows);
            for (int r = 0; r < rows; r++) step(r, t);
        }
        if (!sequences) Memory.copy(hidden.address(0), outputAddress, (long) rows * size);
    }

    private void step(int r, int t) {
        long z = gates.address(((long) r * steps + t) * gateSize);
        long h = hidden.address((long) r * size);
        long c = cells.address(((long) r * steps + t) * size);
        Memory.copy(h, before.address(((long) r * steps + t) * size), size);
        if (mask.isAbsent(r * steps + t)) {
            if (t == 0) Memory.zero(c, size);
            else Memory.copy(c - 4L * size, c, size);
            if (sequences) Memory.zero(outputAddress + 4L * ((long) r * units + (long) t * size), size);
            return;
        }
        long add = now.address((long) r * gateSize);
        for (long k = 0; k < 4L * gateSize; k += 4) Memory.put(z + k, Memory.get(z + k) + Memory.get(add + k));
        long gate = 4L * size;
        Memory.sigmoid(z, 2L * size);
        Memory.tanh(z + 2 * gate, size);
        Memory.sigmoid(z + 3 * gate, size);
        for (long k = 0; k < gate; k += 4) {
            float kept = t == 0 ? 0 : Memory.get(z + gate + k) * Memory.get(c - gate + k);
            float cell = kept + Memory.get(z + k) * Memory.get(z + 2 * gate + k);
            Memory.put(c + k, cell);
            Memory.put(h + k, Memory.get(z + 3 * gate + k) * FastMath.tanh(cell));
        }
        if (sequences) Memory.copy(h, outputAddress + 4L * ((long) r * units + (long) t * size), size);
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        long state = (long) rows * size;
        if (sequences) Memory.zero(hidden.address(0), state);
        else Memory.copy(gradientAddress, hidden.address(0), state);
        Memory.zero(cellGradients.address(0), state);
        for (int t = steps - 1; t >= 0; t--) {
            for (int r = 0; r < rows; r++) stepBack(r, t);
            recurrent.inputGradient(nowPointer, carriedPointer, rows);
            for (int r = 0; r < rows; r++) {
                if (mask.isAbsent(r * steps + t)) continue; // what came from behind goes on as it is
                Memory.copy(carried.address((long) r * size), hidden.address((long) r * size), size);
            }
        }
        double norms = kernel.weightGradient(allGates, input, rows, first, withNorms);
        norms += recurrent.weightGradient(allGates, allBefore, rows, first, withNorms);
        if (inputGradient != null) kernel.inputGradient(allGates, inputGradient, rows * steps);
        return norms;
    }

    private void stepBack(int r, int t) {
        long z = gates.address(((long) r * steps + t) * gateSize);
        long now = this.now.address((long) r * gateSize);
        if (mask.isAbsent(r * steps + t)) {
            Memory.zero(z, gateSize);
            Memory.zero(now, gateSize);
            return;
        }
        long c = cells.address(((long) r * steps + t) * size);
        long dh = hidden.address((long) r * size);
        long dc = cellGradients.address((long) r * size);
        long dy = gradientAddress + 4L * ((long) r * units + (long) t * size);
        long gate = 4L * size;
        for (long k = 0; k < gate; k += 4) {
            float i = Memory.get(z + k);
            float f = Memory.get(z + gate + k);
            float g = Memory.get(z + 2 * gate + k);
            float o = Memory.get(z + 3 * gate + k);
            float cell = FastMath.tanh(Memory.get(c + k));
            float fromHidden = Memory.get(dh + k) + (sequences ? Memory.get(dy + k) : 0);
            float fromCell = Memory.get(dc + k) + fromHidden * o * (1 - cell * cell);
            float cellBefore = t == 0 ? 0 : Memory.get(c - gate + k);
            Memory.put(dc + k, fromCell * f);
            Memory.put(z + k, fromCell * g * i * (1 - i));
            Memory.put(z + gate + k, fromCell * cellBefore * f * (1 - f));
            Memory.put(z + 2 * gate + k, fromCell * i * (1 - g * g));
            Memory.put(z + 3 * gate + k, fromHidden * cell * o * (1 - o));
        }
        Memory.copy(z, now, gateSize);
    }

    @Override
    public void silence(int row) {
        super.silence(row);
        Memory.zero(gates.address((long) row * steps * gateSize), (long) steps * gateSize);
        Memory.zero(cells.address((long) row * steps * size), (long) steps * size);
        Memory.zero(before.address((long) row * steps * size), (long) steps * size);
    }

    @Override
    public void close() {
        super.close();
        kernel.close();
        recurrent.close();
        gates.close();
        cells.close();
        before.close();
        now.close();
        hidden.close();
        carried.close();
        cellGradients.close();
    }
}
