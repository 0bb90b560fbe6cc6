// What a dense layer needs beside its products.

// z[r, c] += b[c], then max(z, 0) if it is wanted
extern "C" __global__ void addBias(void* z, int wide, const void* bias, int wideBias, int rows, int columns, int rectified) {
    long long count = (long long)rows * columns;
    for (long long i = thread(); i < count; i += threads()) {
        float value = get(z, i, wide) + get(bias, i % columns, wideBias);
        put(z, i, activated(value, rectified ? RELU : LINEAR), wide);
    }
}

#define TILE_COLUMNS 32
#define TILE_LINES 8

// partial[part, c] = sum over the part's rows of d[r, c]; block (32, 8), grid (columns / 32, parts)
extern "C" __global__ void columnSums(const void* d, long long rows, int width, float* partial, int wide) {
    __shared__ float lines[TILE_LINES][TILE_COLUMNS];
    int column = blockIdx.x * TILE_COLUMNS + threadIdx.x;
    long long each = (rows + gridDim.y - 1) / gridDim.y;
    long long from = each * blockIdx.y;
    long long until = from + each < rows ? from + each : rows;
    float sum = 0.0f;
    if (column < width) {
        for (long long r = from + threadIdx.y; r < until; r += TILE_LINES) sum += get(d, r * width + column, wide);
    }
    lines[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y != 0 || column >= width) return;
    for (int line = 1; line < TILE_LINES; line++) sum += lines[line][threadIdx.x];
    partial[(long long)blockIdx.y * width + column] = sum;
}

// into[c] = sum over the parts, or what was there and that
extern "C" __global__ void partSums(const float* partial, int parts, int width, float* into, int add) {
    for (long long c = thread(); c < width; c += threads()) {
        float sum = 0.0f;
        for (int part = 0; part < parts; part++) sum += partial[(long long)part * width + c];
        into[c] = add ? into[c] + sum : sum;
    }
}

// norms[r] += |dz_r|^2 (|x_r|^2 + 1): the kernel's gradient by row r is an outer product dz x', the bias' is dz. A warp a row.
extern "C" __global__ void denseNorms(
        const void* dz, int units, int wideGradient, const void* x, int inputs, int wide, int rows, float* norms) {
    int lane = threadIdx.x & 31;
    for (long long r = thread() >> 5; r < rows; r += threads() >> 5) {
        float gradient = 0.0f;
        for (int k = lane; k < units; k += 32) {
            float value = get(dz, r * units + k, wideGradient);
            gradient += value * value;
        }
        float input = 0.0f;
        for (int k = lane; k < inputs; k += 32) {
            float value = get(x, r * inputs + k, wide);
            input += value * value;
        }
        gradient = warpSum(gradient);
        input = warpSum(input);
        if (lane == 0 && gradient != 0.0f) norms[r] += gradient * (input + 1.0f);
    }
}
