// Convolutions as products of patches, and pools. Images are [rows, height, width, channels].

// Where a value stands in rows of images: channel, column, line and row.
struct Place {
    int c, x, y;
    long long r;
};

__device__ __forceinline__ Place placeOf(long long i, int channels, int width, int height) {
    Place place;
    place.c = (int)(i % channels);
    place.x = (int)(i / channels % width);
    place.y = (int)(i / ((long long)channels * width) % height);
    place.r = i / ((long long)channels * width * height);
    return place;
}

// of an image; of a window; of the padding; of the positions
#define WINDOW \
    int height, int width, int channels, int windowHeight, int windowWidth, int rowStride, int columnStride, int top, int left, \
            int down, int across

// patches[r, position, (i, j, c)]
extern "C" __global__ void gatherPatches(const void* x, int wide, void* patches, int widePatches, int rows, WINDOW) {
    int field = windowHeight * windowWidth * channels;
    long long count = (long long)rows * down * across * field;
    for (long long i = thread(); i < count; i += threads()) {
        int c = (int)(i % channels);
        int column = (int)(i / channels % windowWidth);
        int line = (int)(i / ((long long)channels * windowWidth) % windowHeight);
        long long position = i / field;
        int px = (int)(position % across);
        int py = (int)(position / across % down);
        long long r = position / ((long long)across * down);
        int v = py * rowStride - top + line;
        int u = px * columnStride - left + column;
        float value = 0.0f;
        if (v >= 0 && v < height && u >= 0 && u < width) value = get(x, ((r * height + v) * width + u) * channels + c, wide);
        put(patches, i, value, widePatches);
    }
}

// dx[r, v, u, c] = sum of the patches' gradients that came from there, in the order of the window
extern "C" __global__ void scatterPatches(const void* patches, int widePatches, void* dx, int wide, int rows, WINDOW) {
    int field = windowHeight * windowWidth * channels;
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
                sum += get(patches, position * field + (line * windowWidth + column) * channels + pixel.c, widePatches);
            }
        }
        put(dx, i, sum, wide);
    }
}

// The largest value of each pool and which pixel of the window it was, the first of several; NaN wins.
extern "C" __global__ void maxPool(const void* x, int wide, void* a, int wideOutput, int* winners, int rows, WINDOW) {
    long long count = (long long)rows * down * across * channels;
    for (long long i = thread(); i < count; i += threads()) {
        Place pool = placeOf(i, channels, across, down);
        float most = 0.0f;
        int winner = -1;
        for (int line = 0; line < windowHeight; line++) {
            for (int column = 0; column < windowWidth; column++) {
                long long at = (pool.r * height + pool.y * rowStride + line) * width + pool.x * columnStride + column;
                float value = get(x, at * channels + pool.c, wide);
                if (winner >= 0 && !(value > most) && value == value) continue;
                most = value;
                winner = line * windowWidth + column;
                if (value != value) { line = windowHeight; break; }
            }
        }
        put(a, i, most, wideOutput);
        winners[i] = winner;
    }
}

extern "C" __global__ void averagePool(const void* x, int wide, void* a, int wideOutput, int rows, WINDOW) {
    long long count = (long long)rows * down * across * channels;
    for (long long i = thread(); i < count; i += threads()) {
        Place pool = placeOf(i, channels, across, down);
        float sum = 0.0f;
        for (int line = 0; line < windowHeight; line++) {
            for (int column = 0; column < windowWidth; column++) {
                long long at = (pool.r * height + pool.y * rowStride + line) * width + pool.x * columnStride + column;
                sum += get(x, at * channels + pool.c, wide);
            }
        }
        put(a, i, sum / (windowHeight * windowWidth), wideOutput);
    }
}

// Gradients of pools: from each pool to its winner, or in equal parts to all of its pixels. winners: null for the latter.
extern "C" __global__ void poolGradients(
        const void* da, int wideGradient, const int* winners, void* dx, int wide, int rows, WINDOW) {
    long long count = (long long)rows * height * width * channels;
    float part = 1.0f / (windowHeight * windowWidth);
    for (long long i = thread(); i < count; i += threads()) {
        Place pixel = placeOf(i, channels, width, height);
        float sum = 0.0f;
        for (int line = 0; line < windowHeight; line++) {
            int y = pixel.y - line;
            if (y < 0 || y % rowStride != 0 || y / rowStride >= down) continue;
            for (int column = 0; column < windowWidth; column++) {
                int x = pixel.x - column;
                if (x < 0 || x % columnStride != 0 || x / columnStride >= across) continue;
                long long pool = ((pixel.r * down + y / rowStride) * across + x / columnStride) * channels + pixel.c;
                if (!winners) sum += part * get(da, pool, wideGradient);
                else if (winners[pool] == line * windowWidth + column) sum += get(da, pool, wideGradient);
            }
        }
        put(dx, i, sum, wide);
    }
}

// norms[r] += sum_i g[r, i]^2. A block of 256 a row.
extern "C" __global__ void rowSquares(const float* g, long long width, float* norms) {
    __shared__ float warps[8];
    const float* row = g + blockIdx.x * width;
    float sum = 0.0f;
    for (long long i = threadIdx.x; i < width; i += blockDim.x) sum += row[i] * row[i];
    sum = warpSum(sum);
    if ((threadIdx.x & 31) == 0) warps[threadIdx.x >> 5] = sum;
    __syncthreads();
    if (threadIdx.x != 0) return;
    for (int warp = 1; warp < 8; warp++) sum += warps[warp];
    norms[blockIdx.x] += sum;
}

// norms[r] += sum_f (sum_p dz[r, p, f])^2: a bias that all positions share. A warp a row.
extern "C" __global__ void sharedBiasNorms(const void* dz, int positions, int filters, int wide, int rows, float* norms) {
    int lane = threadIdx.x & 31;
    for (long long r = thread() >> 5; r < rows; r += threads() >> 5) {
        float squares = 0.0f;
        for (int f = lane; f < filters; f += 32) {
            float sum = 0.0f;
            for (int p = 0; p < positions; p++) sum += get(dz, (r * positions + p) * filters + f, wide);
            squares += sum * sum;
        }
        squares = warpSum(squares);
        if (lane == 0) norms[r] += squares;
    }
}
