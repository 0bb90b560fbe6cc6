// Sequences, [rows, steps, features]: which steps are absent, and pools over steps. absent: [rows, steps], null if none can be.

// absent[i] = whether all features of step i are 0. A warp a step.
extern "C" __global__ void absentSteps(const void* x, int wide, int features, int* absent, long long steps) {
    int lane = threadIdx.x & 31;
    for (long long i = thread() >> 5; i < steps; i += threads() >> 5) {
        int present = 0;
        for (int k = lane; k < features; k += 32) present |= get(x, i * features + k, wide) != 0.0f;
        present = __any_sync(0xffffffffu, present);
        if (lane == 0) absent[i] = !present;
    }
}

// Zeros in absent steps.
extern "C" __global__ void clearAbsent(void* values, int wide, const int* absent, int width, long long count) {
    for (long long i = thread(); i < count; i += threads()) if (absent[i / width]) put(values, i, 0.0f, wide);
}

// The mean over the steps that are there, 0 of none, and how many they are.
extern "C" __global__ void meanOverSteps(
        const void* x, int wide, const int* absent, void* y, int wideOutput, int* counts, int steps, int features, int rows) {
    long long count = (long long)rows * features;
    for (long long i = thread(); i < count; i += threads()) {
        long long first = i / features * steps;
        int k = (int)(i % features);
        float sum = 0.0f;
        int there = 0;
        for (long long s = first; s < first + steps; s++) {
            if (absent && absent[s]) continue;
            sum += get(x, s * features + k, wide);
            there++;
        }
        put(y, i, there == 0 ? 0.0f : sum / there, wideOutput);
        if (k == 0) counts[i / features] = there;
    }
}

// The largest value over the steps that are there, 0 of none, and which step it was, the first of several, -1 of none; NaN wins.
extern "C" __global__ void maxOverSteps(
        const void* x, int wide, const int* absent, void* y, int wideOutput, int* winners, int steps, int features, int rows) {
    long long count = (long long)rows * features;
    for (long long i = thread(); i < count; i += threads()) {
        long long first = i / features * steps;
        int k = (int)(i % features);
        float most = 0.0f;
        int winner = -1;
        for (int t = 0; t < steps; t++) {
            if (absent && absent[first + t]) continue;
            float value = get(x, (first + t) * features + k, wide);
            if (winner >= 0 && !(value > most) && value == value) continue;
            most = value;
            winner = t;
        }
        put(y, i, most, wideOutput);
        winners[i] = winner;
    }
}

// In equal parts to the steps that are there.
extern "C" __global__ void meanOverStepsGradients(
        const void* dy, int wideGradient, const int* absent, void* dx, int wide, const int* counts, int steps, int features,
        int rows) {
    long long count = (long long)rows * steps * features;
    for (long long i = thread(); i < count; i += threads()) {
        long long s = i / features;
        long long r = s / steps;
        float gradient = absent && absent[s] ? 0.0f : get(dy, r * features + i % features, wideGradient) / counts[r];
        put(dx, i, gradient, wide);
    }
}

// To the winners; absent is not read.
extern "C" __global__ void maxOverStepsGradients(
        const void* dy, int wideGradient, const int* absent, void* dx, int wide, const int* winners, int steps, int features,
        int rows) {
    long long count = (long long)rows * steps * features;
    for (long long i = thread(); i < count; i += threads()) {
        long long s = i / features;
        long long at = s / steps * features + i % features;
        put(dx, i, winners[at] == s % steps ? get(dy, at, wideGradient) : 0.0f, wide);
    }
}
