// What the other files build on. Activations are float32, or bfloat16 as the upper half of one: "wide" says which. Sums are
// always float32 or float64, and always in the same order: a tree over a warp or a block, or one thread from first to last.

typedef unsigned short Narrow;
typedef unsigned long long Word;

__device__ __forceinline__ float get(const void* values, long long i, int wide) {
    if (wide) return ((const float*)values)[i];
    return __uint_as_float((unsigned)((const Narrow*)values)[i] << 16);
}

// Rounds to the nearest, ties to even; NaN stays NaN.
__device__ __forceinline__ Narrow narrow(float value) {
    unsigned bits = __float_as_uint(value);
    if (value != value) return (Narrow)0x7FC0u;
    return (Narrow)((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

__device__ __forceinline__ void put(void* values, long long i, float value, int wide) {
    if (wide) ((float*)values)[i] = value;
    else ((Narrow*)values)[i] = narrow(value);
}

__device__ __forceinline__ long long thread() {
    return (long long)blockIdx.x * blockDim.x + threadIdx.x;
}

__device__ __forceinline__ long long threads() {
    return (long long)gridDim.x * blockDim.x;
}

__device__ __forceinline__ float warpSum(float value) {
    for (int other = 16; other > 0; other >>= 1) value += __shfl_xor_sync(0xffffffffu, value, other);
    return value;
}

__device__ __forceinline__ float warpMax(float value) {
    for (int other = 16; other > 0; other >>= 1) value = fmaxf(value, __shfl_xor_sync(0xffffffffu, value, other));
    return value;
}

#define LINEAR 0
#define RELU 1
#define TANH 2
#define SIGMOID 3

__device__ __forceinline__ float sigmoid(float z) {
    float e = expf(-fabsf(z)); // of the negative magnitude, so that it cannot overflow
    return z < 0.0f ? e / (1.0f + e) : 1.0f / (1.0f + e);
}

__device__ __forceinline__ float activated(float z, int activation) {
    if (activation == RELU) return z < 0.0f ? 0.0f : z;
    if (activation == TANH) return tanhf(z);
    if (activation == SIGMOID) return sigmoid(z);
    return z;
}

// f'(z) from a = f(z).
__device__ __forceinline__ float slopeAt(float a, int activation) {
    if (activation == RELU) return a > 0.0f ? 1.0f : 0.0f;
    if (activation == TANH) return 1.0f - a * a;
    if (activation == SIGMOID) return a * (1.0f - a);
    return 1.0f;
}

// a = f(a)
extern "C" __global__ void activate(void* a, long long count, int activation, int wide) {
    for (long long i = thread(); i < count; i += threads()) put(a, i, activated(get(a, i, wide), activation), wide);
}

// d *= f'(z); where nothing comes back nothing is felt, whatever the slope.
extern "C" __global__ void slope(void* d, const void* a, long long count, int activation, int wideGradient, int wide) {
    for (long long i = thread(); i < count; i += threads()) {
        float gradient = get(d, i, wideGradient);
        float value = gradient == 0.0f ? 0.0f : gradient * slopeAt(get(a, i, wide), activation);
        put(d, i, value, wideGradient);
    }
}

// to = from, rounded
extern "C" __global__ void narrowAll(const float* __restrict__ from, Narrow* __restrict__ to, long long count) {
    for (long long i = thread(); i < count; i += threads()) to[i] = narrow(from[i]);
}

// Columns of rows: to[r, toAt + k] (+)= from[r, fromAt + k]
extern "C" __global__ void columns(
        const void* from, int fromWidth, int fromAt, int wideFrom, void* to, int toWidth, int toAt, int wideTo, int width,
        int rows, int add) {
    long long count = (long long)rows * width;
    for (long long i = thread(); i < count; i += threads()) {
        long long row = i / width;
        int k = (int)(i % width);
        long long at = row * toWidth + toAt + k;
        float value = get(from, row * fromWidth + fromAt + k, wideFrom);
        put(to, at, add ? get(to, at, wideTo) + value : value, wideTo);
    }
}

// Zeros in rows of weight zero: what overflowed there would be infinity times zero. A warp a row.
extern "C" __global__ void silence(void* values, const float* weights, int rows, long long width, int wide) {
    long long lane = threadIdx.x & 31;
    for (long long row = thread() >> 5; row < rows; row += threads() >> 5) {
        if (weights[row] != 0.0f) continue;
        for (long long k = lane; k < width; k += 32) put(values, row * width + k, 0.0f, wide);
    }
}

// SplitMix64 (Steele, Lea and Flood 2014), as the CPU draws.
__device__ __forceinline__ Word mixed(Word z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

// to = m from, with m 0 or scale, forward as backward: masks are drawn anew rather than kept. rowsBefore: rows that training
// brought before this micro-batch.
extern "C" __global__ void dropout(
        const void* from, void* to, int rows, int units, Word seed, int kept, float scale, const Word* rowsBefore, int wideFrom,
        int wideTo) {
    const Word golden = 0x9E3779B97F4A7C15ULL;
    long long count = (long long)rows * units;
    for (long long i = thread(); i < count; i += threads()) {
        Word row = rowsBefore[0] + (Word)(i / units);
        Word state = mixed(seed + golden * row) + golden * (Word)(i % units + 1);
        int drawn = (int)(mixed(state) >> 33);
        put(to, i, drawn < kept ? scale * get(from, i, wideFrom) : 0.0f, wideTo);
    }
}
