// The kernel of a convolution between Keras' order and cuDNN's.

#define FILTER_TILE 32
#define FILTER_LINES 8

// to[c, r] = from[r, c], or what was there and that; block (32, 8), grid (columns / 32, rows / 32)
extern "C" __global__ void transpose(const void* from, int wideFrom, void* to, int wideTo, int rows, int columns, int add) {
    __shared__ float tile[FILTER_TILE][FILTER_TILE + 1]; // one more, so that a column of it is in all banks
    int column = blockIdx.x * FILTER_TILE + threadIdx.x;
    for (int line = threadIdx.y; line < FILTER_TILE; line += FILTER_LINES) {
        int row = blockIdx.y * FILTER_TILE + line;
        if (row < rows && column < columns) tile[line][threadIdx.x] = get(from, (long long)row * columns + column, wideFrom);
    }
    __syncthreads();
    int row = blockIdx.y * FILTER_TILE + threadIdx.x;
    for (int line = threadIdx.y; line < FILTER_TILE; line += FILTER_LINES) {
        int other = blockIdx.x * FILTER_TILE + line;
        if (row >= rows || other >= columns) continue;
        long long at = (long long)other * rows + row;
        float value = tile[threadIdx.x][line];
        put(to, at, add ? get(to, at, wideTo) + value : value, wideTo);
    }
}
