// Layers whose inputs are ids: rows of a table. Ids stand among the features as float32, exact below 2^24. A row of the
// table's gradient is summed by one thread for each of its values, over the occurrences of the id in their order.

__device__ __forceinline__ int idAt(const float* features, long long row, int inputs, int first, int i) {
    return (int)features[row * inputs + first + i];
}

// 1 over the number of ids that are not padding, or 1
__device__ __forceinline__ float bagScale(
        const float* features, long long row, int inputs, int first, int ids, int mean, int maskZero) {
    if (!mean) return 1.0f;
    int present = 0;
    for (int i = 0; i < ids; i++) present += !(maskZero && idAt(features, row, inputs, first, i) == 0);
    return present == 0 ? 0.0f : 1.0f / present;
}

// y[r, i, k] = E[id_i, k]
extern "C" __global__ void embedding(
        const float* features, int inputs, int first, int ids, int maskZero, const float* table, int width, void* y, int wide,
        int rows) {
    long long count = (long long)rows * ids * width;
    for (long long at = thread(); at < count; at += threads()) {
        int k = (int)(at % width);
        int i = (int)(at / width % ids);
        long long r = at / ((long long)width * ids);
        int id = idAt(features, r, inputs, first, i);
        put(y, at, maskZero && id == 0 ? 0.0f : table[(long long)id * width + k], wide);
    }
}

// z[r, k] = s sum_i W[id_i, k] + b[k]; bias: null for none
extern "C" __global__ void bag(
        const float* features, int inputs, int first, int ids, int maskZero, int mean, const float* table, const float* bias,
        int units, void* z, int wide, int rows) {
    long long count = (long long)rows * units;
    for (long long at = thread(); at < count; at += threads()) {
        int k = (int)(at % units);
        long long r = at / units;
        float sum = 0.0f;
        for (int i = 0; i < ids; i++) {
            int id = idAt(features, r, inputs, first, i);
            if (!(maskZero && id == 0)) sum += table[(long long)id * units + k];
        }
        if (mean) sum *= bagScale(features, r, inputs, first, ids, mean, maskZero);
        put(z, at, bias ? sum + bias[k] : sum, wide);
    }
}

// z[r] = b + sum_i w_i + 1/2 sum_f (s_f^2 - sum_i v_if^2), s_f = sum_i v_if; the table holds [w, v]. A warp a row.
extern "C" __global__ void factorization(
        const float* features, int inputs, int first, int ids, int maskZero, const float* table, const float* bias, int width,
        float* sums, void* z, int wide, int rows) {
    int lane = threadIdx.x & 31;
    int factors = width - 1;
    for (long long r = thread() >> 5; r < rows; r += threads() >> 5) {
        float part = 0.0f;
        for (int f = lane; f < factors; f += 32) {
            float sum = 0.0f;
            float squares = 0.0f;
            for (int i = 0; i < ids; i++) {
                int id = idAt(features, r, inputs, first, i);
                if (maskZero && id == 0) continue;
                float v = table[(long long)id * width + 1 + f];
                sum += v;
                squares += v * v;
            }
            sums[r * factors + f] = sum;
            part += 0.5f * (sum * sum - squares);
        }
        for (int i = lane; i < ids; i += 32) {
            int id = idAt(features, r, inputs, first, i);
            if (!(maskZero && id == 0)) part += table[(long long)id * width];
        }
        part = warpSum(part);
        if (lane == 0) put(z, r, part + bias[0], wide);
    }
}

// Rows j of a gradient, each over its occurrences in starts[j]..starts[j + 1]: an occurrence is row * ids + position.

// values[place_j, k] += sum dy[occurrence, k]
extern "C" __global__ void embeddingGradients(
        const float* features, int inputs, int first, int ids, const void* dy, int wide, int width, const int* places, const int* starts, const int* occurrences, int touched,
        float* values) {
    long long count = (long long)touched * width;
    for (long long at = thread(); at < count; at += threads()) {
        int k = (int)(at % width);
        int j = (int)(at / width);
        float sum = 0.0f;
        for (int o = starts[j]; o < starts[j + 1]; o++) sum += get(dy, (long long)occurrences[o] * width + k, wide);
        values[(long long)places[j] * width + k] += sum;
    }
}

// values[place_j, k] += sum s_r dz[r, k]
extern "C" __global__ void bagGradients(
        const float* features, int inputs, int first, int ids, int maskZero, int mean, const void* dz, int wide, int units,
        const int* places, const int* starts, const int* occurrences, int touched, float* values) {
    long long count = (long long)touched * units;
    for (long long at = thread(); at < count; at += threads()) {
        int k = (int)(at % units);
        int j = (int)(at / units);
        float sum = 0.0f;
        for (int o = starts[j]; o < starts[j + 1]; o++) {
            long long r = occurrences[o] / ids;
            sum += bagScale(features, r, inputs, first, ids, mean, maskZero) * get(dz, r * units + k, wide);
        }
        values[(long long)places[j] * units + k] += sum;
    }
}

// values[place_j] += sum dz_r [1, s_rf - v_jf]
extern "C" __global__ void factorizationGradients(
        const float* features, int inputs, int first, int ids, const float* table, const float* sums, const void* dz, int wide,
        int width, const int* places, const int* starts, const int* occurrences, int touched, float* values) {
    long long count = (long long)touched * width;
    for (long long at = thread(); at < count; at += threads()) {
        int k = (int)(at % width);
        int j = (int)(at / width);
        float sum = 0.0f;
        for (int o = starts[j]; o < starts[j + 1]; o++) {
            long long r = occurrences[o] / ids;
            float gradient = get(dz, r, wide);
            if (k > 0) {
                int id = idAt(features, r, inputs, first, occurrences[o] % ids);
                gradient *= sums[r * (width - 1) + k - 1] - table[(long long)id * width + k];
            }
            sum += gradient;
        }
        values[(long long)places[j] * width + k] += sum;
    }
}

// How often each id of a row stands there, squared and summed over the ids: their gradients are equal.
__device__ __forceinline__ float repeats(const float* features, long long r, int inputs, int first, int ids, int maskZero, int i) {
    int id = idAt(features, r, inputs, first, i);
    if (maskZero && id == 0) return 0.0f;
    int times = 0;
    for (int other = 0; other < ids; other++) times += idAt(features, r, inputs, first, other) == id;
    return (float)times; // each of the times adds it: times^2 in all
}

// norms[r] += |dz_r|^2 (s^2 sum_id times^2 + biased). A warp a row.
extern "C" __global__ void bagNorms(
        const float* features, int inputs, int first, int ids, int maskZero, int mean, int biased, const void* dz, int wide,
        int units, int rows, float* norms) {
    int lane = threadIdx.x & 31;
    for (long long r = thread() >> 5; r < rows; r += threads() >> 5) {
        float gradient = 0.0f;
        for (int k = lane; k < units; k += 32) {
            float value = get(dz, r * units + k, wide);
            gradient += value * value;
        }
        float times = 0.0f;
        for (int i = lane; i < ids; i += 32) times += repeats(features, r, inputs, first, ids, maskZero, i);
        gradient = warpSum(gradient);
        times = warpSum(times);
        float scale = bagScale(features, r, inputs, first, ids, mean, maskZero);
        if (lane == 0) norms[r] += gradient * (scale * scale * times + (biased ? 1.0f : 0.0f));
    }
}

// norms[r] += dz_r^2 (1 + sum_id times^2 (1 + |s_r - v_id|^2)). A warp a row.
extern "C" __global__ void factorizationNorms(
        const float* features, int inputs, int first, int ids, int maskZero, const float* table, const float* sums,
        const void* dz, int wide, int width, int rows, float* norms) {
    int lane = threadIdx.x & 31;
    for (long long r = thread() >> 5; r < rows; r += threads() >> 5) {
        float squares = 0.0f;
        for (int i = lane; i < ids; i += 32) {
            float times = repeats(features, r, inputs, first, ids, maskZero, i);
            if (times == 0.0f) continue;
            int id = idAt(features, r, inputs, first, i);
            float own = 1.0f;
            for (int f = 1; f < width; f++) {
                float way = sums[r * (width - 1) + f - 1] - table[(long long)id * width + f];
                own += way * way;
            }
            squares += times * own;
        }
        squares = warpSum(squares);
        float gradient = get(dz, r, wide);
        if (lane == 0 && gradient != 0.0f) norms[r] += gradient * gradient * (1.0f + squares);
    }
}

// norms[r] += sum_id |sum of dy at its positions|^2 = sum_ij dy_i dy_j of equal ids. A warp a row.
extern "C" __global__ void embeddingNorms(
        const float* features, int inputs, int first, int ids, int maskZero, const void* dy, int wide, int width, int rows,
        float* norms) {
    int lane = threadIdx.x & 31;
    for (long long r = thread() >> 5; r < rows; r += threads() >> 5) {
        float sum = 0.0f;
        for (int i = 0; i < ids; i++) {
            int id = idAt(features, r, inputs, first, i);
            if (maskZero && id == 0) continue;
            for (int j = 0; j < ids; j++) {
                if (idAt(features, r, inputs, first, j) != id) continue;
                long long one = (r * ids + i) * width;
                long long other = (r * ids + j) * width;
                for (int k = lane; k < width; k += 32) sum += get(dy, one + k, wide) * get(dy, other + k, wide);
            }
        }
        sum = warpSum(sum);
        if (lane == 0) norms[r] += sum;
    }
}

// table[ids_i] = values_i
extern "C" __global__ void scatterRows(const int* ids, const float* values, int count, int width, float* table) {
    long long all = (long long)count * width;
    for (long long at = thread(); at < all; at += threads()) {
        table[(long long)ids[at / width] * width + at % width] = values[at];
    }
}
