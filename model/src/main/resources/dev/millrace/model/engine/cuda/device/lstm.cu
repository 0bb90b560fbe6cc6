// A long short-term memory, step after step. Gates, [rows, steps, 4 size], stand one behind the other: input, forget, cell,
// output. A thread takes one value of a row's memory through one step.

// z + fromHidden (null before the first step), c = f c' + i g, h = o tanh(c); where the step is absent c and h stay. Leaves the
// gates in the place of z, c after each step, h before each step, and h as the next product takes it.
extern "C" __global__ void lstmStep(
        void* gates, int wide, const float* fromHidden, const int* absent, float* cells, void* before, void* hidden, void* y,
        int wideOutput, int sequences, int t, int steps, int size, int rows) {
    long long count = (long long)rows * size;
    for (long long i = thread(); i < count; i += threads()) {
        int k = (int)(i % size);
        long long r = i / size;
        long long step = r * steps + t;
        int gone = absent && absent[step];
        float c = t == 0 ? 0.0f : cells[(step - 1) * size + k];
        float h = t == 0 ? 0.0f : get(hidden, i, wide);
        if (t == 0) put(before, step * size + k, 0.0f, wide);
        if (!gone) {
            float z[4];
            for (int gate = 0; gate < 4; gate++) {
                z[gate] = get(gates, (step * 4 + gate) * size + k, wide);
                if (fromHidden) z[gate] += fromHidden[(r * 4 + gate) * size + k];
                z[gate] = gate == 2 ? tanhf(z[gate]) : sigmoid(z[gate]);
                put(gates, (step * 4 + gate) * size + k, z[gate], wide);
            }
            c = z[1] * c + z[0] * z[2];
            h = z[3] * tanhf(c);
        }
        cells[step * size + k] = c;
        put(hidden, i, h, wide);
        if (t + 1 < steps) put(before, (step + 1) * size + k, h, wide);
        if (sequences) put(y, step * size + k, gone ? 0.0f : h, wideOutput);
        else if (t + 1 == steps) put(y, i, h, wideOutput);
    }
}

// The same step backward, the last one first: dh is what comes from the step behind, by the product "carried" unless that step is
// absent. Leaves the gradients of z in the place of the gates and, as the next product takes them, in now.
extern "C" __global__ void lstmStepBack(
        void* gates, int wide, const int* absent, const float* cells, float* hiddenGradients, const float* carried,
        float* cellGradients, void* now, const void* dy, int wideGradient, int sequences, int t, int steps, int size, int rows) {
    long long count = (long long)rows * size;
    for (long long i = thread(); i < count; i += threads()) {
        int k = (int)(i % size);
        long long r = i / size;
        long long step = r * steps + t;
        int last = t + 1 == steps;
        float dh;
        if (!last) dh = absent && absent[step + 1] ? hiddenGradients[i] : carried[i];
        else dh = sequences ? 0.0f : get(dy, i, wideGradient);
        hiddenGradients[i] = dh;
        float dc = last ? 0.0f : cellGradients[i];
        float dz[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        if (!(absent && absent[step])) {
            float a[4];
            for (int gate = 0; gate < 4; gate++) a[gate] = get(gates, (step * 4 + gate) * size + k, wide);
            float cell = tanhf(cells[step * size + k]);
            if (sequences) dh += get(dy, step * size + k, wideGradient);
            dc += dh * a[3] * (1.0f - cell * cell);
            float cellBefore = t == 0 ? 0.0f : cells[(step - 1) * size + k];
            dz[0] = dc * a[2] * a[0] * (1.0f - a[0]);
            dz[1] = dc * cellBefore * a[1] * (1.0f - a[1]);
            dz[2] = dc * a[0] * (1.0f - a[2] * a[2]);
            dz[3] = dh * cell * a[3] * (1.0f - a[3]);
            dc *= a[1];
        }
        cellGradients[i] = dc;
        for (int gate = 0; gate < 4; gate++) {
            put(gates, (step * 4 + gate) * size + k, dz[gate], wide);
            put(now, (r * 4 + gate) * size + k, dz[gate], wide);
        }
    }
}
