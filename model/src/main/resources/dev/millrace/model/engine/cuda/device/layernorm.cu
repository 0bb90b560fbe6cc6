// Layer normalization: n = (x - mean) / sqrt(variance + epsilon) over the channels of each pixel, y = gamma n + beta. A line of a
// block's threads takes a pixel: a warp, or the whole block where there are many channels.

// The sum over a line, known to all of its threads. A line of more than a warp is the whole block.
__device__ __forceinline__ float lineSum(float value, float* warps) {
    value = warpSum(value);
    if (blockDim.x == 32) return value;
    if ((threadIdx.x & 31) == 0) warps[threadIdx.x >> 5] = value;
    __syncthreads();
    float sum = 0.0f;
    for (int warp = 0; warp < (int)(blockDim.x >> 5); warp++) sum += warps[warp];
    __syncthreads();
    return sum;
}

// y, and the mean and 1 / sqrt(variance + epsilon) of each pixel
extern "C" __global__ void normalizeChannels(
        const void* x, int wide, const float* gamma, const float* beta, int channels, float epsilon, float* means, float* scales,
        void* y, int wideOutput, long long pixels) {
    __shared__ float warps[8];
    long long lines = (long long)gridDim.x * blockDim.y;
    for (long long p = (long long)blockIdx.x * blockDim.y + threadIdx.y; p < pixels; p += lines) {
        long long at = p * channels;
        float sum = 0.0f;
        for (int c = threadIdx.x; c < channels; c += blockDim.x) sum += get(x, at + c, wide);
        float mean = lineSum(sum, warps) / channels;
        float rest = 0.0f; // what rounding left of the mean
        float squares = 0.0f;
        for (int c = threadIdx.x; c < channels; c += blockDim.x) {
            float way = get(x, at + c, wide) - mean;
            rest += way;
            squares += way * way;
        }
        rest = lineSum(rest, warps) / channels;
        float variance = lineSum(squares, warps) / channels - rest * rest;
        if (variance < 0.0f) variance = 0.0f;
        mean += rest;
        float scale = 1.0f / sqrtf(variance + epsilon);
        for (int c = threadIdx.x; c < channels; c += blockDim.x) {
            put(y, at + c, gamma[c] * (get(x, at + c, wide) - mean) * scale + beta[c], wideOutput);
        }
        if (threadIdx.x != 0) continue;
        means[p] = mean;
        scales[p] = scale;
    }
}

// dx = (g - mean(g) - n mean(g n)) / sqrt(variance + epsilon), g = gamma dy
extern "C" __global__ void normalizedGradients(
        const void* x, int wide, const void* dy, int wideGradient, const float* gamma, const float* means, const float* scales,
        int channels, void* dx, int wideInputGradient, long long pixels) {
    __shared__ float warps[8];
    long long lines = (long long)gridDim.x * blockDim.y;
    for (long long p = (long long)blockIdx.x * blockDim.y + threadIdx.y; p < pixels; p += lines) {
        long long at = p * channels;
        float mean = means[p];
        float scale = scales[p];
        float sum = 0.0f;
        float product = 0.0f;
        for (int c = threadIdx.x; c < channels; c += blockDim.x) {
            float g = gamma[c] * get(dy, at + c, wideGradient);
            sum += g;
            product += g * ((get(x, at + c, wide) - mean) * scale);
        }
        sum = lineSum(sum, warps) / channels;
        product = lineSum(product, warps) / channels;
        for (int c = threadIdx.x; c < channels; c += blockDim.x) {
            float g = gamma[c] * get(dy, at + c, wideGradient);
            float n = (get(x, at + c, wide) - mean) * scale;
            put(dx, at + c, (g - sum - n * product) * scale, wideInputGradient);
        }
    }
}

// Of each part of the pixels: dgamma_c = sum dy n in partial[0, part, c], dbeta_c = sum dy in partial[1, part, c]. Block (32, 8),
// grid (channels / 32, parts).
extern "C" __global__ void channelSums(
        const void* x, int wide, const void* dy, int wideGradient, const float* means, const float* scales, long long pixels,
        int channels, float* partial) {
    __shared__ float gammas[TILE_LINES][TILE_COLUMNS];
    __shared__ float betas[TILE_LINES][TILE_COLUMNS];
    int c = blockIdx.x * TILE_COLUMNS + threadIdx.x;
    long long each = (pixels + gridDim.y - 1) / gridDim.y;
    long long from = each * blockIdx.y;
    long long until = from + each < pixels ? from + each : pixels;
    float gamma = 0.0f;
    float beta = 0.0f;
    if (c < channels) {
        for (long long p = from + threadIdx.y; p < until; p += TILE_LINES) {
            float d = get(dy, p * channels + c, wideGradient);
            gamma += d * ((get(x, p * channels + c, wide) - means[p]) * scales[p]);
            beta += d;
        }
    }
    gammas[threadIdx.y][threadIdx.x] = gamma;
    betas[threadIdx.y][threadIdx.x] = beta;
    __syncthreads();
    if (threadIdx.y != 0 || c >= channels) return;
    for (int line = 1; line < TILE_LINES; line++) {
        gamma += gammas[line][threadIdx.x];
        beta += betas[line][threadIdx.x];
    }
    partial[(long long)blockIdx.y * channels + c] = gamma;
    partial[((long long)gridDim.y + blockIdx.y) * channels + c] = beta;
}

// norms[r] += sum_c (sum_p dy n)^2 + (sum_p dy)^2 over the row's pixels. Block (32, lines), at most 8 lines; one a row.
extern "C" __global__ void channelNorms(
        const void* x, int wide, const void* dy, int wideGradient, const float* means, const float* scales, int pixels,
        int channels, float* norms) {
    __shared__ float gammas[TILE_LINES][TILE_COLUMNS];
    __shared__ float betas[TILE_LINES][TILE_COLUMNS];
    long long first = (long long)blockIdx.x * pixels;
    float squares = 0.0f;
    for (int tile = 0; tile < channels; tile += TILE_COLUMNS) {
        int c = tile + threadIdx.x;
        float gamma = 0.0f;
        float beta = 0.0f;
        if (c < channels) {
            for (long long p = first + threadIdx.y; p < first + pixels; p += blockDim.y) {
                float d = get(dy, p * channels + c, wideGradient);
                gamma += d * ((get(x, p * channels + c, wide) - means[p]) * scales[p]);
                beta += d;
            }
        }
        gammas[threadIdx.y][threadIdx.x] = gamma;
        betas[threadIdx.y][threadIdx.x] = beta;
        __syncthreads();
        if (threadIdx.y == 0) {
            for (int line = 1; line < (int)blockDim.y; line++) {
                gamma += gammas[line][threadIdx.x];
                beta += betas[line][threadIdx.x];
            }
            squares += gamma * gamma + beta * beta;
        }
        __syncthreads();
    }
    if (threadIdx.y != 0) return;
    squares = warpSum(squares);
    if (threadIdx.x == 0) norms[blockIdx.x] += squares;
}
