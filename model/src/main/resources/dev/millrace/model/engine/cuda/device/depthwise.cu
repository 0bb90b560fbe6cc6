// Convolutions of each channel by itself, without products: a channel has too few sums for one. "made" are the channels of the
// result, multiplier of each; the kernel is [window height, window width, made].

// a[r, position, o] = f(b[o] + sum over the window of W[place, o] x[pixel, o / multiplier])
extern "C" __global__ void depthwise(
        const void* x, int wide, const float* kernel, const float* bias, int multiplier, int activation, void* a, int wideOutput,
        int rows, WINDOW) {
    int made = channels * multiplier;
    long long count = (long long)rows * down * across * made;
    for (long long i = thread(); i < count; i += threads()) {
        Place place = placeOf(i, made, across, down);
        int c = place.c / multiplier;
        int top0 = place.y * rowStride - top;
        int left0 = place.x * columnStride - left;
        float sum = bias[place.c];
        for (int line = 0; line < windowHeight; line++) {
            int v = top0 + line;
            if (v < 0 || v >= height) continue;
            for (int column = 0; column < windowWidth; column++) {
                int u = left0 + column;
                if (u < 0 || u >= width) continue;
                float value = get(x, ((place.r * height + v) * width + u) * channels + c, wide);
                sum += kernel[(line * windowWidth + column) * made + place.c] * value;
            }
        }
        put(a, i, activated(sum, activation), wideOutput);
    }
}

// dx[r, v, u, c] = sum of W dz over the positions that saw the pixel, in the order of the window
extern "C" __global__ void depthwiseInputGradients(
        const void* dz, int wideGradient, const float* kernel, int multiplier, void* dx, int wide, int rows, WINDOW) {
    int made = channels * multiplier;
    long long count = (long long)rows * height * width * channels;
    for (long long i = thread(); i < count; i += threads()) {
        Place pixel = placeOf(i, channels, width, height);
        float sum = 0.0f;
        for (int line = 0; line < windowHeight; line++) {
            int y = pixel.y + top - line;
            if (y < 0 || y % rowStride != 0 || y / rowStride >= down) continue;
            for (int column = 0; column < windowWidth; column++) {
                int x = pixel.x + left - column;
                if (x < 0 || x % columnStride != 0 || x / columnStride >= across) continue;
                long long position = (pixel.r * down + y / rowStride) * across + x / columnStride;
                const float* weights = kernel + (line * windowWidth + column) * made;
                for (int o = pixel.c * multiplier; o < (pixel.c + 1) * multiplier; o++) {
                    sum += weights[o] * get(dz, position * made + o, wideGradient);
                }
            }
        }
        put(dx, i, sum, wide);
    }
}

// Of each part of the positions of all rows: partial[part, place, o] = sum x dz. A block of 256 threads, as many across as the
// result has channels, up to 32; grid (places * made / threads across, parts).
extern "C" __global__ void depthwiseKernelGradients(
        const void* x, int wide, const void* dz, int wideGradient, int multiplier, float* partial, int rows, WINDOW) {
    __shared__ float sums[256];
    int made = channels * multiplier;
    int tiles = (made + blockDim.x - 1) / blockDim.x;
    int o = blockIdx.x % tiles * blockDim.x + threadIdx.x;
    int place = blockIdx.x / tiles;
    int line = place / windowWidth - top;
    int column = place % windowWidth - left;
    int c = o / multiplier;
    long long positions = (long long)rows * down * across;
    long long each = (positions + gridDim.y - 1) / gridDim.y;
    long long from = each * blockIdx.y;
    long long until = from + each < positions ? from + each : positions;
    float sum = 0.0f;
    if (o < made) {
        for (long long p = from + threadIdx.y; p < until; p += blockDim.y) {
            int u = (int)(p % across) * columnStride + column;
            int v = (int)(p / across % down) * rowStride + line;
            if (u < 0 || u >= width || v < 0 || v >= height) continue;
            long long r = p / ((long long)across * down);
            sum += get(x, ((r * height + v) * width + u) * channels + c, wide) * get(dz, p * made + o, wideGradient);
        }
    }
    sums[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y != 0 || o >= made) return;
    for (int other = 1; other < (int)blockDim.y; other++) sum += sums[other * blockDim.x + threadIdx.x];
    partial[((long long)blockIdx.y * windowHeight * windowWidth + place) * made + o] = sum;
}

// norms[r] += sum over places and channels of (sum x dz)^2, of one row. A block of 256 a row.
extern "C" __global__ void depthwiseNorms(
        const void* x, int wide, const void* dz, int wideGradient, int multiplier, float* norms, WINDOW) {
    __shared__ float warps[8];
    int made = channels * multiplier;
    long long r = blockIdx.x;
    float squares = 0.0f;
    for (int i = threadIdx.x; i < windowHeight * windowWidth * made; i += blockDim.x) {
        int o = i % made;
        int line = i / made / windowWidth - top;
        int column = i / made % windowWidth - left;
        float sum = 0.0f;
        for (int y = 0; y < down; y++) {
            int v = y * rowStride + line;
            if (v < 0 || v >= height) continue;
            for (int p = 0; p < across; p++) {
                int u = p * columnStride + column;
                if (u < 0 || u >= width) continue;
                float value = get(x, ((r * height + v) * width + u) * channels + o / multiplier, wide);
                sum += value * get(dz, ((r * down + y) * across + p) * made + o, wideGradient);
            }
        }
        squares += sum * sum;
    }
    squares = lineSum(squares, warps);
    if (threadIdx.x == 0) norms[r] += squares;
}
