// cublasLt: descriptions of products, and the product with an epilogue.
#include <algorithm>
#include <cstring>

#include "products.h"

using namespace emulated;

namespace {

struct Handle {};

struct Description {
  int32_t computeType, scaleType;
  int32_t transposeA = 0, transposeB = 0;
  uint32_t epilogue = plain;
  char *bias = nullptr;
  int32_t biasType = -1;  // the result's
};

struct Layout {
  uint32_t type;
  uint64_t rows, columns;
  int64_t leading;
  int32_t batch = 1;
  int64_t stride = 0;
};

struct Preference {
  uint64_t workspace = 0;
};

struct Algorithm {
  uint64_t words[8];
};

struct Heuristic {
  Algorithm algorithm;
  size_t workspace;
  int32_t state;
  float waves;
  int reserved[4];
};

constexpr uint64_t algorithmMark = 0x656d756c61746564ull;

template <class T>
Status put(const char *call, T &field, const void *value, size_t size) {
  if (value == nullptr || size != sizeof field) {
    complain("%s: the attribute takes %zu bytes, not %zu", call, sizeof field, size);
    return blasInvalidValue;
  }
  std::memcpy(&field, value, size);
  return blasSuccess;
}

Matrix matrix(const void *data, const Layout &layout, bool transposed) {
  Matrix m{};
  m.data = static_cast<char *>(const_cast<void *>(data));
  m.type = int(layout.type);
  m.rows = int64_t(layout.rows);
  m.columns = int64_t(layout.columns);
  m.leading = layout.leading;
  m.stride = layout.stride;
  m.transposed = transposed;
  return m;
}

Status describe(Product &p, const Description &d, const Layout &a, const Layout &b, const Layout &c, const Layout &result) {
  p.call = "cublasLtMatmul";
  p.a = matrix(nullptr, a, d.transposeA != 0);
  p.b = matrix(nullptr, b, d.transposeB != 0);
  p.c = matrix(nullptr, c, false);
  p.d = matrix(nullptr, result, false);
  p.batch = result.batch;
  p.epilogue = int(d.epilogue);
  p.biasVector = d.bias;
  p.biasType = d.biasType < 0 ? int(result.type) : d.biasType;
  uint64_t m = d.transposeA != 0 ? a.columns : a.rows, ka = d.transposeA != 0 ? a.rows : a.columns;
  uint64_t kb = d.transposeB != 0 ? b.columns : b.rows, n = d.transposeB != 0 ? b.rows : b.columns;
  if (ka != kb || m != result.rows || n != result.columns || c.rows != m || c.columns != n) {
    complain("cublasLtMatmul: op(A) is %lu x %lu, op(B) %lu x %lu, C %lu x %lu, D %lu x %lu", m, ka, kb, n, c.rows, c.columns,
             result.rows, result.columns);
    return blasInvalidValue;
  }
  if (a.batch != result.batch || b.batch != result.batch || c.batch != result.batch) {
    complain("cublasLtMatmul: batches of %d, %d, %d and %d", a.batch, b.batch, c.batch, result.batch);
    return blasInvalidValue;
  }
  switch (d.epilogue) {
    case plain: case relu: case bias: case reluBias: break;
    case biasGradientA: case biasGradientB:
      if (result.batch == 1) break;
      [[fallthrough]];
    default:
      complain("cublasLtMatmul: epilogue %u is not emulated", d.epilogue);
      return blasNotSupported;
  }
  if (a.type != b.type || c.type != result.type || d.scaleType != float32 ||
      (p.biasType != float32 && p.biasType != bfloat16) ||
      !roundingOf(d.computeType, int(a.type), int(result.type), p.rounding)) {
    complain("cublasLtMatmul: types %u, %u, %u and %u with compute type %d and scale type %d are not emulated", a.type, b.type,
             c.type, result.type, d.computeType, d.scaleType);
    return blasNotSupported;
  }
  return blasSuccess;
}

}  // namespace

EMULATED_API Status cublasLtCreate(Handle **handle) {
  std::lock_guard<std::recursive_mutex> held(lock());
  if (enter() != success) return blasNotInitialized;
  *handle = new Handle();
  return blasSuccess;
}

EMULATED_API Status cublasLtDestroy(Handle *handle) {
  delete handle;
  return blasSuccess;
}

EMULATED_API size_t cublasLtGetVersion() { return 130201; }

EMULATED_API Status cublasLtMatmulDescCreate(Description **made, int computeType, int scaleType) {
  *made = new Description{};
  (*made)->computeType = computeType;
  (*made)->scaleType = scaleType;
  return blasSuccess;
}

EMULATED_API Status cublasLtMatmulDescDestroy(Description *description) {
  delete description;
  return blasSuccess;
}

EMULATED_API Status cublasLtMatmulDescSetAttribute(Description *d, int attribute, const void *value, size_t size) {
  const char *call = "cublasLtMatmulDescSetAttribute";
  switch (attribute) {
    case 3: return put(call, d->transposeA, value, size);
    case 4: return put(call, d->transposeB, value, size);
    case 7: return put(call, d->epilogue, value, size);
    case 8: return put(call, d->bias, value, size);
    case 26: return put(call, d->biasType, value, size);
    default:
      complain("%s: attribute %d is not emulated", call, attribute);
      return blasNotSupported;
  }
}

EMULATED_API Status cublasLtMatrixLayoutCreate(Layout **made, int type, uint64_t rows, uint64_t columns, int64_t leading) {
  *made = new Layout{};
  (*made)->type = uint32_t(type);
  (*made)->rows = rows;
  (*made)->columns = columns;
  (*made)->leading = leading;
  return blasSuccess;
}

EMULATED_API Status cublasLtMatrixLayoutDestroy(Layout *layout) {
  delete layout;
  return blasSuccess;
}

EMULATED_API Status cublasLtMatrixLayoutSetAttribute(Layout *layout, int attribute, const void *value, size_t size) {
  const char *call = "cublasLtMatrixLayoutSetAttribute";
  switch (attribute) {
    case 0: return put(call, layout->type, value, size);
    case 1: {
      int32_t order = 0;
      Status status = put(call, order, value, size);
      return status != blasSuccess || order == 0 ? status : blasNotSupported;  // column-major only
    }
    case 2: return put(call, layout->rows, value, size);
    case 3: return put(call, layout->columns, value, size);
    case 4: return put(call, layout->leading, value, size);
    case 5: return put(call, layout->batch, value, size);
    case 6: return put(call, layout->stride, value, size);
    default:
      complain("%s: attribute %d is not emulated", call, attribute);
      return blasNotSupported;
  }
}

EMULATED_API Status cublasLtMatmulPreferenceCreate(Preference **made) {
  *made = new Preference{};
  return blasSuccess;
}

EMULATED_API Status cublasLtMatmulPreferenceDestroy(Preference *preference) {
  delete preference;
  return blasSuccess;
}

EMULATED_API Status cublasLtMatmulPreferenceSetAttribute(Preference *preference, int attribute, const void *value, size_t size) {
  // Alignments, reduction schemes and the like choose among algorithms; there is one.
  return attribute == 1 ? put("cublasLtMatmulPreferenceSetAttribute", preference->workspace, value, size) : blasSuccess;
}

EMULATED_API Status cublasLtMatmulAlgoGetHeuristic(Handle *, Description *d, Layout *a, Layout *b, Layout *c, Layout *result,
                                                   Preference *, int requested, Heuristic *found, int *count) {
  std::lock_guard<std::recursive_mutex> held(lock());
  *count = 0;
  if (requested < 1) return blasInvalidValue;
  Product p{};
  Status status = describe(p, *d, *a, *b, *c, *result);
  if (status != blasSuccess) return status;
  // The library knows no way for some shapes and does not say which: here for a bias of one value, and for bfloat16 whose columns
  // are not aligned to 16 bytes.
  bool unaligned = a->type == bfloat16 && (a->leading % 8 != 0 || b->leading % 8 != 0);
  if (unaligned || (d->epilogue != plain && result->rows == 1)) return blasNotSupported;
  *found = Heuristic{};
  found->algorithm.words[0] = algorithmMark;
  found->waves = 1;
  *count = 1;
  return blasSuccess;
}

EMULATED_API Status cublasLtMatmul(Handle *, Description *description, const void *alpha, const void *a, Layout *layoutA, const void *b,
                                   Layout *layoutB, const void *beta, const void *c, Layout *layoutC, void *d, Layout *layoutD,
                                   const Algorithm *algorithm, void *workspace, size_t workspaceSize, void *on) {
  std::lock_guard<std::recursive_mutex> held(lock());
  if (enter() != success) return blasExecutionFailed;
  if (algorithm != nullptr && algorithm->words[0] != algorithmMark) {
    complain("cublasLtMatmul: the algorithm is not of cublasLtMatmulAlgoGetHeuristic");
    return blasInvalidValue;
  }
  if (workspaceSize > 0 && (uintptr_t(workspace) % 16 != 0 || !holds(currentDevice(), workspace, workspaceSize))) {
    complain("cublasLtMatmul: the workspace of %zu bytes at %p is not aligned to 16, or in no live allocation of device %d",
             workspaceSize, workspace, currentDevice().index);
    return blasInvalidValue;
  }
  Product p{};
  Status status = describe(p, *description, *layoutA, *layoutB, *layoutC, *layoutD);
  if (status != blasSuccess) return status;
  if (alpha == nullptr || beta == nullptr || onAnyDevice(alpha) || onAnyDevice(beta)) {
    complain("cublasLtMatmul: alpha and beta must be on the host");
    return blasInvalidValue;
  }
  p.alpha = *static_cast<const float *>(alpha);
  p.beta = *static_cast<const float *>(beta);
  p.a.data = static_cast<char *>(const_cast<void *>(a));
  p.b.data = static_cast<char *>(const_cast<void *>(b));
  p.c.data = static_cast<char *>(const_cast<void *>(c));
  p.d.data = static_cast<char *>(d);
  return emulated::enqueue(p, on, currentDevice());
}
