#include "products.h"

#include <cstring>

namespace emulated {
namespace {

float ofBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return bits;
}

// To the nearest with so many bits of mantissa dropped, ties to even.
float dropped(float value, int drop) {
  uint32_t bits = bitsOf(value);
  if ((bits & 0x7F800000u) == 0x7F800000u) return value;
  uint32_t half = (1u << (drop - 1)) - 1 + (bits >> drop & 1);
  return ofBits((bits + half) & ~((1u << drop) - 1));
}

size_t span(const Matrix &matrix, int batch) {
  if (matrix.rows == 0 || matrix.columns == 0 || batch == 0) return 0;
  int64_t last = (batch - 1) * matrix.stride + (matrix.columns - 1) * matrix.leading + matrix.rows;
  return size_t(last) * bytes(matrix.type);
}

bool inside(const char *call, const char *which, const Device &device, const Matrix &matrix, int batch) {
  size_t size = span(matrix, batch);
  if (size == 0 || holds(device, matrix.data, size)) return true;
  complain("%s: %s, %ld x %ld with leading dimension %ld at %p, is not inside one live allocation of device %d", call, which,
           long(matrix.rows), long(matrix.columns), long(matrix.leading), (void *)matrix.data, device.index);
  return false;
}

bool shaped(const char *call, const char *which, const Matrix &matrix) {
  if (matrix.rows >= 0 && matrix.columns >= 0 && matrix.leading >= std::max<int64_t>(1, matrix.rows)) return true;
  complain("%s: %s is %ld x %ld, its leading dimension %ld", call, which, long(matrix.rows), long(matrix.columns), long(matrix.leading));
  return false;
}

int64_t innerOf(const Product &p) { return p.a.transposed ? p.a.rows : p.a.columns; }

int64_t biasLength(const Product &p) { return p.epilogue == biasGradientB ? p.d.columns : p.d.rows; }

bool wantsBias(const Product &p) {
  return (p.epilogue & bias) != 0 || p.epilogue == biasGradientA || p.epilogue == biasGradientB;
}

bool allInside(const Product &p, const Device &device) {
  bool factors = p.alpha == 0 || innerOf(p) == 0 ||
                 (inside(p.call, "A", device, p.a, p.batch) && inside(p.call, "B", device, p.b, p.batch));
  if (!factors || !inside(p.call, "the result", device, p.d, p.batch)) return false;
  if (p.beta != 0 && !inside(p.call, "C", device, p.c, p.batch)) return false;
  if (!wantsBias(p)) return true;
  if (holds(device, p.biasVector, size_t(biasLength(p)) * bytes(p.biasType))) return true;
  complain("%s: the bias, %ld elements at %p, is not inside one live allocation of device %d", p.call, long(biasLength(p)),
           (void *)p.biasVector, device.index);
  return false;
}

// op(matrix) of the batch's element as rows x columns, column-major and dense, or with each row dense.
std::vector<float> packed(const Matrix &m, int element, Rounding rounding) {
  const char *data = m.data + element * m.stride * int64_t(bytes(m.type));
  int64_t rows = m.transposed ? m.columns : m.rows, columns = m.transposed ? m.rows : m.columns;
  std::vector<float> dense(size_t(rows * columns));
  for (int64_t j = 0; j < columns; j++)
    for (int64_t i = 0; i < rows; i++)
      dense[size_t(j * rows + i)] = rounded(load(data, m.type, m.transposed ? i * m.leading + j : j * m.leading + i), rounding);
  return dense;
}

// sums[i] += a[l][i] * b[l] for l in order; four columns of the result at once. More lanes change no bit of it.
__attribute__((target_clones("avx2", "default"))) void accumulate(int64_t m, int64_t k, const float *a, const float *b,
                                                                    float *__restrict__ sums) {
  float *s0 = sums, *s1 = sums + m, *s2 = sums + 2 * m, *s3 = sums + 3 * m;
  for (int64_t l = 0; l < k; l++) {
    const float *row = a + l * m;
    float b0 = b[l], b1 = b[k + l], b2 = b[2 * k + l], b3 = b[3 * k + l];
#pragma GCC ivdep
    for (int64_t i = 0; i < m; i++) {
      float x = row[i];
      s0[i] += x * b0;
      s1[i] += x * b1;
      s2[i] += x * b2;
      s3[i] += x * b3;
    }
  }
}

void accumulateOne(int64_t m, int64_t k, const float *a, const float *b, float *__restrict__ sums) {
  for (int64_t l = 0; l < k; l++)
    for (int64_t i = 0; i < m; i++) sums[i] += a[l * m + i] * b[l];
}

void biasGradient(const Product &p, const std::vector<float> &a, const std::vector<float> &b, int64_t k) {
  bool ofA = p.epilogue == biasGradientA;
  int64_t length = biasLength(p);
  for (int64_t i = 0; i < length; i++) {
    float sum = 0;
    for (int64_t l = 0; l < k; l++) sum += ofA ? a[size_t(l * length + i)] : b[size_t(i * k + l)];
    store(p.biasVector, p.biasType, i, sum);
  }
}

void multiply(const Product &p, int element) {
  int64_t m = p.d.rows, n = p.d.columns, k = p.alpha == 0 ? 0 : innerOf(p);
  std::vector<float> a, b;
  if (k > 0) {
    a = packed(p.a, element, p.rounding);
    b = packed(p.b, element, p.rounding);
  }
  const char *c = p.c.data + element * p.c.stride * int64_t(bytes(p.c.type));
  char *d = p.d.data + element * p.d.stride * int64_t(bytes(p.d.type));
  std::vector<float> sums(size_t(4 * m));
  for (int64_t j = 0; j < n;) {
    int64_t columns = j + 4 <= n ? 4 : 1;
    std::fill(sums.begin(), sums.end(), 0.0f);
    if (columns == 4) accumulate(m, k, a.data(), b.data() + j * k, sums.data());
    else accumulateOne(m, k, a.data(), b.data() + j * k, sums.data());
    for (int64_t column = 0; column < columns; column++, j++) {
      for (int64_t i = 0; i < m; i++) {
        float value = p.alpha * sums[size_t(column * m + i)];
        if (p.beta != 0) value += p.beta * load(c, p.c.type, j * p.c.leading + i);
        if ((p.epilogue & bias) != 0 && p.epilogue < 8) value += load(p.biasVector, p.biasType, i);
        if ((p.epilogue & relu) != 0 && p.epilogue < 8) value = value < 0 ? 0 : value;
        store(d, p.d.type, j * p.d.leading + i, value);
      }
    }
  }
  if (p.epilogue == biasGradientA || p.epilogue == biasGradientB) biasGradient(p, a, b, k);
}

}  // namespace

float rounded(float value, Rounding rounding) {
  switch (rounding) {
    case Rounding::tf32: return dropped(value, 13);
    case Rounding::bfloat16: return dropped(value, 16);
    case Rounding::none: break;
  }
  return value;
}

size_t bytes(int type) { return type == bfloat16 ? 2 : 4; }

float load(const char *data, int type, int64_t index) {
  if (type == float32) {
    float value;
    std::memcpy(&value, data + 4 * index, 4);
    return value;
  }
  uint16_t bits;
  std::memcpy(&bits, data + 2 * index, 2);
  return ofBits(uint32_t(bits) << 16);
}

void store(char *data, int type, int64_t index, float value) {
  if (type == float32) {
    std::memcpy(data + 4 * index, &value, 4);
    return;
  }
  uint16_t bits = value != value ? 0x7FFF : uint16_t(bitsOf(dropped(value, 16)) >> 16);
  std::memcpy(data + 2 * index, &bits, 2);
}

bool roundingOf(int computeType, int factors, int result, Rounding &rounding) {
  bool float32Result = result == float32, both = factors == bfloat16 && (float32Result || result == bfloat16);
  bool tf32 = capability() >= 80;
  switch (computeType) {
    case 68: case 69:  // CUBLAS_COMPUTE_32F, _PEDANTIC
      rounding = Rounding::none;
      return both || (factors == float32 && float32Result);
    case 77:  // CUBLAS_COMPUTE_32F_FAST_TF32
      rounding = tf32 ? Rounding::tf32 : Rounding::none;
      return factors == float32 && float32Result;
    case 75:  // CUBLAS_COMPUTE_32F_FAST_16BF
      rounding = tf32 ? Rounding::bfloat16 : Rounding::none;
      return factors == float32 && float32Result;
    default: return false;
  }
}

Status enqueue(Product p, void *handle, Device &device) {
  if (p.a.type == bfloat16 && capability() < 80) {
    complain("%s: bfloat16 wants sm_80, the device is sm_%d", p.call, capability());
    return blasArchMismatch;
  }
  bool good = p.batch >= 0 && shaped(p.call, "A", p.a) && shaped(p.call, "B", p.b) && shaped(p.call, "C", p.c) &&
              shaped(p.call, "the result", p.d);
  if (!good) return blasInvalidValue;
  if (p.d.rows == 0 || p.d.columns == 0 || p.batch == 0) return blasSuccess;
  auto on = stream(handle);
  if (on == nullptr) return blasInvalidValue;
  if (on->device != &device) {
    complain("%s: the handle is device %d's, the stream device %d's", p.call, device.index, on->device->index);
    return blasInvalidValue;
  }
  if (!allInside(p, device)) return blasInvalidValue;
  Device *of = &device;
  Error error = emulated::enqueue(*on, p.call, [p, of]() -> Error {
    if (!allInside(p, *of)) return illegalAddress;
    for (int element = 0; element < p.batch; element++) multiply(p, element);
    return success;
  });
  return error == success ? blasSuccess : blasExecutionFailed;
}

}  // namespace emulated
