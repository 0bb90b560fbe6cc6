// The losses with the last activation: predictions, the loss of each row and weight_i d loss_i / d z. A warp a row. Without
// labels predictions alone.

#define BINARY_CROSSENTROPY 1
#define MEAN_SQUARED_ERROR 2
#define HINGE 3

// l = log sum_k e^(z_k - m) - (z_y - m), m = max z; gradient softmax(z) - onehot(y)
extern "C" __global__ void categorical(
        const float* z, const float* labels, const float* weights, int rows, int outputs, float* predictions, float* losses,
        void* dz, int wide) {
    int lane = threadIdx.x & 31;
    for (long long r = thread() >> 5; r < rows; r += threads() >> 5) {
        const float* logits = z + r * outputs;
        float* row = predictions + r * outputs;
        float most = logits[0];
        for (int k = lane; k < outputs; k += 32) most = fmaxf(most, logits[k]);
        most = warpMax(most);
        float total = 0.0f;
        for (int k = lane; k < outputs; k += 32) {
            float e = expf(logits[k] - most);
            row[k] = e;
            total += e;
        }
        total = warpSum(total);
        float scale = 1.0f / total;
        if (!labels) {
            for (int k = lane; k < outputs; k += 32) row[k] *= scale;
            continue;
        }
        int label = (int)labels[r];
        float weight = weights[r];
        for (int k = lane; k < outputs; k += 32) {
            float p = row[k] * scale;
            row[k] = p;
            put(dz, r * outputs + k, weight == 0.0f ? 0.0f : weight * (p - (k == label ? 1.0f : 0.0f)), wide);
        }
        if (lane == 0) losses[r] = logf(total) - (logits[label] - most);
    }
}

__device__ __forceinline__ float lossOf(float z, float a, float y, int loss) {
    if (loss == BINARY_CROSSENTROPY) return fmaxf(z, 0.0f) - z * y + log1pf(expf(-fabsf(z)));
    if (loss == MEAN_SQUARED_ERROR) return (a - y) * (a - y);
    float sign = y > 0.0f ? 1.0f : -1.0f;
    return fmaxf(0.0f, 1.0f - sign * a);
}

// d loss / d z, for a = f(z)
__device__ __forceinline__ float lossSlope(float a, float y, int loss, int activation) {
    if (loss == BINARY_CROSSENTROPY) return a - y;
    if (loss == MEAN_SQUARED_ERROR) return 2.0f * (a - y) * slopeAt(a, activation);
    float sign = y > 0.0f ? 1.0f : -1.0f;
    return sign * a < 1.0f ? -sign * slopeAt(a, activation) : 0.0f;
}

// the mean over outputs of a function of one prediction and its label
extern "C" __global__ void elementwise(
        const float* z, const float* labels, const float* weights, int rows, int outputs, float* predictions, float* losses,
        void* dz, int wide, int loss, int activation) {
    int lane = threadIdx.x & 31;
    for (long long r = thread() >> 5; r < rows; r += threads() >> 5) {
        float scale = labels ? weights[r] / outputs : 0.0f;
        float sum = 0.0f;
        for (int k = lane; k < outputs; k += 32) {
            long long i = r * outputs + k;
            float a = activated(z[i], activation);
            predictions[i] = a;
            if (!labels) continue;
            sum += lossOf(z[i], a, labels[i], loss);
            put(dz, i, scale == 0.0f ? 0.0f : scale * lossSlope(a, labels[i], loss, activation), wide);
        }
        sum = warpSum(sum);
        if (labels && lane == 0) losses[r] = sum / outputs;
    }
}
