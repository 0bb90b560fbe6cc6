// Who looks at whom, [rows, heads, steps, steps]: a line for each step of each head, over the steps that it looks at.

// weights[s] = softmax over the steps that are there of scale scores[s], all 0 if none is; the scores are used up. A warp a line.
extern "C" __global__ void attentionWeights(
        float* scores, void* weights, int wide, const int* absent, float scale, int heads, int steps, int rows) {
    int lane = threadIdx.x & 31;
    long long lines = (long long)rows * heads * steps;
    for (long long i = thread() >> 5; i < lines; i += threads() >> 5) {
        float* line = scores + i * steps;
        const int* gone = absent ? absent + i / ((long long)heads * steps) * steps : absent;
        float most = __int_as_float(0xff800000); // minus infinity
        for (int s = lane; s < steps; s += 32) if (!(gone && gone[s])) most = fmaxf(most, scale * line[s]);
        most = warpMax(most);
        float total = 0.0f;
        for (int s = lane; s < steps; s += 32) {
            float e = gone && gone[s] ? 0.0f : expf(scale * line[s] - most);
            line[s] = e;
            total += e;
        }
        total = warpSum(total);
        float share = total == 0.0f ? 0.0f : 1.0f / total;
        for (int s = lane; s < steps; s += 32) put(weights, i * steps + s, line[s] * share, wide);
    }
}

// In the place of the weights the gradient of what was multiplied: scale a (da - sum_s a da). A warp a line.
extern "C" __global__ void attentionSlopes(
        const float* gradients, void* weights, int wide, float scale, int steps, long long lines) {
    int lane = threadIdx.x & 31;
    for (long long i = thread() >> 5; i < lines; i += threads() >> 5) {
        float along = 0.0f;
        for (int s = lane; s < steps; s += 32) along += get(weights, i * steps + s, wide) * gradients[i * steps + s];
        along = warpSum(along);
        for (int s = lane; s < steps; s += 32) {
            long long at = i * steps + s;
            put(weights, at, get(weights, at, wide) * (gradients[at] - along) * scale, wide);
        }
    }
}
