// Normalization by moments that the samples themselves set. Parameters: means, variances, how many samples they are of.

// y = (x - mean) / sqrt(variance + epsilon), 0 while the moments are of too few samples
extern "C" __global__ void normalize(
        const void* x, int wide, const float* means, const float* variances, const float* samples, int channels, float epsilon,
        float fewest, void* y, int wideOutput, long long count) {
    int known = samples[0] >= fewest;
    for (long long i = thread(); i < count; i += threads()) {
        int c = (int)(i % channels);
        float scale = known ? (float)(1.0 / sqrt((double)variances[c] + (double)epsilon)) : 0.0f;
        put(y, i, (get(x, i, wide) - means[c]) * scale, wideOutput);
    }
}

// Of the rows with a weight, per channel: sums of x - mean and of its square. Grid (channels, parts), block 256.
extern "C" __global__ void momentSums(
        const void* x, int wide, const float* means, const float* weights, int channels, int groups, int rows,
        double* partial) {
    __shared__ double sums[256];
    __shared__ double squares[256];
    int c = blockIdx.x;
    long long all = (long long)rows * groups;
    long long each = (all + gridDim.y - 1) / gridDim.y;
    long long from = each * blockIdx.y;
    long long until = from + each < all ? from + each : all;
    double sum = 0.0;
    double square = 0.0;
    for (long long g = from + threadIdx.x; g < until; g += blockDim.x) {
        if (weights[g / groups] == 0.0f) continue;
        double way = (double)get(x, g * channels + c, wide) - (double)means[c];
        sum += way;
        square += way * way;
    }
    sums[threadIdx.x] = sum;
    squares[threadIdx.x] = square;
    __syncthreads();
    for (int half = 128; half > 0; half >>= 1) {
        if (threadIdx.x < half) {
            sums[threadIdx.x] += sums[threadIdx.x + half];
            squares[threadIdx.x] += squares[threadIdx.x + half];
        }
        __syncthreads();
    }
    if (threadIdx.x != 0) return;
    partial[((long long)blockIdx.y * channels + c) * 2] = sums[0];
    partial[((long long)blockIdx.y * channels + c) * 2 + 1] = squares[0];
}

// What the moments are updated with, in the place of a gradient; one block of 256.
extern "C" __global__ void momentGradients(
        const double* partial, int parts, int channels, int groups, const float* weights, int rows, float* sums,
        float* squares, float* samples, int add) {
    __shared__ int counts[256];
    int count = 0;
    for (int r = threadIdx.x; r < rows; r += blockDim.x) count += weights[r] != 0.0f;
    counts[threadIdx.x] = count;
    __syncthreads();
    for (int half = 128; half > 0; half >>= 1) {
        if (threadIdx.x < half) counts[threadIdx.x] += counts[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) samples[0] = (add ? samples[0] : 0.0f) + counts[0];
    for (int c = threadIdx.x; c < channels; c += blockDim.x) {
        double sum = 0.0;
        double square = 0.0;
        for (int part = 0; part < parts; part++) {
            sum += partial[((long long)part * channels + c) * 2];
            square += partial[((long long)part * channels + c) * 2 + 1];
        }
        sums[c] = (add ? sums[c] : 0.0f) + (float)(sum / groups);
        squares[c] = (add ? squares[c] : 0.0f) + (float)(square / groups);
    }
}
