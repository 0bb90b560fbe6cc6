// cuBLAS: handles and the products that they put in their stream. Factors alpha and beta come from the host.
#include <algorithm>

#include "products.h"

using namespace emulated;

namespace {

struct Handle {
  Device *device;
  void *stream = nullptr;
  int math = 0;
};

std::map<void *, std::unique_ptr<Handle>> handles;

template <class Body>
Status with(const char *call, void *handle, Body body) {
  std::lock_guard<std::recursive_mutex> held(lock());
  auto found = handles.find(handle);
  if (found == handles.end()) {
    complain("%s: %p is no handle of cuBLAS", call, handle);
    return blasNotInitialized;
  }
  Error error = enter();
  if (error == success) error = found->second->device->sticky;
  if (error != success) return blasExecutionFailed;
  if (found->second->device != &currentDevice()) {
    complain("%s: the handle is device %d's, the thread's current device is %d", call, found->second->device->index,
             currentDevice().index);
    return blasInvalidValue;
  }
  return body(*found->second);
}

bool operation(const char *call, int value) {
  if (value == 0 || value == 1 || value == 2) return true;
  complain("%s: %d is no operation", call, value);
  return false;
}

Matrix matrix(const void *data, int type, int64_t rows, int64_t columns, int64_t leading, int64_t stride, int operation) {
  Matrix m{};
  m.data = static_cast<char *>(const_cast<void *>(data));
  m.type = type;
  m.transposed = operation != 0;
  m.rows = m.transposed ? columns : rows;
  m.columns = m.transposed ? rows : columns;
  m.leading = leading;
  m.stride = stride;
  return m;
}

struct Factor {
  const void *data;
  int type;
  int leading;
  int64_t stride;
};

Status gemm(const char *call, Handle &handle, int ta, int tb, int m, int n, int k, const void *alpha, Factor a, Factor b,
            const void *beta, Factor c, int batch, int computeType) {
  if (!operation(call, ta) || !operation(call, tb) || alpha == nullptr || beta == nullptr || m < 0 || n < 0 || k < 0) return blasInvalidValue;
  if (onAnyDevice(alpha) || onAnyDevice(beta)) {
    complain("%s: alpha or beta is on a device, where the pointer mode wants them on the host", call);
    return blasInvalidValue;
  }
  Product p{};
  p.call = call;
  p.batch = batch;
  p.epilogue = plain;
  p.alpha = *static_cast<const float *>(alpha);
  p.beta = *static_cast<const float *>(beta);
  if (a.type != b.type || !roundingOf(computeType, a.type, c.type, p.rounding)) {
    complain("%s: types %d, %d and %d with compute type %d are not emulated", call, a.type, b.type, c.type, computeType);
    return blasNotSupported;
  }
  p.a = matrix(a.data, a.type, m, k, a.leading, a.stride, ta);
  p.b = matrix(b.data, b.type, k, n, b.leading, b.stride, tb);
  p.c = p.d = matrix(c.data, c.type, m, n, c.leading, c.stride, 0);
  return emulated::enqueue(p, handle.stream, *handle.device);
}

// CUBLAS_TF32_TENSOR_OP_MATH lets products of float32 round their factors.
int computeType(const Handle &handle) { return (handle.math & 15) == 3 ? 77 : 68; }

}  // namespace

EMULATED_API Status cublasCreate_v2(void **handle) {
  std::lock_guard<std::recursive_mutex> held(lock());
  if (enter() != success || forbiddenWhileCapturing("cublasCreate") != success) return blasNotInitialized;
  auto made = std::make_unique<Handle>();
  made->device = &currentDevice();
  *handle = made.get();
  handles.emplace(made.get(), std::move(made));
  return blasSuccess;
}

EMULATED_API Status cublasDestroy_v2(void *handle) {
  std::lock_guard<std::recursive_mutex> held(lock());
  auto found = handles.find(handle);
  if (found == handles.end()) return blasNotInitialized;
  synchronize(*found->second->device);
  handles.erase(found);
  return blasSuccess;
}

EMULATED_API Status cublasSetStream_v2(void *handle, void *on) {
  return with("cublasSetStream", handle, [&](Handle &h) -> Status {
    auto found = stream(on);
    if (found == nullptr || found->device != h.device) return blasInvalidValue;
    h.stream = on;
    return blasSuccess;
  });
}

EMULATED_API Status cublasGetStream_v2(void *handle, void **on) {
  return with("cublasGetStream", handle, [&](Handle &h) -> Status {
    *on = h.stream;
    return blasSuccess;
  });
}

EMULATED_API Status cublasSetMathMode(void *handle, int mode) {
  return with("cublasSetMathMode", handle, [&](Handle &h) -> Status {
    h.math = mode;
    return blasSuccess;
  });
}

EMULATED_API Status cublasGetMathMode(void *handle, int *mode) {
  return with("cublasGetMathMode", handle, [&](Handle &h) -> Status {
    *mode = h.math;
    return blasSuccess;
  });
}

EMULATED_API Status cublasSetPointerMode_v2(void *handle, int mode) {
  return with("cublasSetPointerMode", handle, [&](Handle &) -> Status { return mode == 0 ? blasSuccess : blasNotSupported; });
}

EMULATED_API Status cublasSetWorkspace_v2(void *handle, void *workspace, size_t size) {
  return with("cublasSetWorkspace", handle, [&](Handle &h) -> Status {
    if (size == 0) return blasSuccess;
    if (uintptr_t(workspace) % 256 != 0 || !holds(*h.device, workspace, size)) {
      complain("cublasSetWorkspace: %zu bytes at %p are not aligned to 256, or in no live allocation of device %d", size,
               workspace, h.device->index);
      return blasInvalidValue;
    }
    return blasSuccess;
  });
}

EMULATED_API Status cublasGetVersion_v2(void *, int *version) {
  *version = 130201;
  return blasSuccess;
}

EMULATED_API const char *cublasGetStatusString(Status status) {
  switch (status) {
    case blasSuccess: return "success";
    case blasNotInitialized: return "the library was not initialized";
    case blasInvalidValue: return "an unsupported value or parameter was passed to the function";
    case blasArchMismatch: return "the function requires a feature absent from the device architecture";
    case blasExecutionFailed: return "the GPU program failed to execute";
    case blasNotSupported: return "the functionality requested is not supported";
  }
  return "unknown status";
}

EMULATED_API const char *cublasGetStatusName(Status status) {
  switch (status) {
    case blasSuccess: return "CUBLAS_STATUS_SUCCESS";
    case blasNotInitialized: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case blasInvalidValue: return "CUBLAS_STATUS_INVALID_VALUE";
    case blasArchMismatch: return "CUBLAS_STATUS_ARCH_MISMATCH";
    case blasExecutionFailed: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case blasNotSupported: return "CUBLAS_STATUS_NOT_SUPPORTED";
  }
  return "CUBLAS_STATUS unknown";
}

EMULATED_API Status cublasSgemm_v2(void *handle, int ta, int tb, int m, int n, int k, const float *alpha, const float *a, int lda,
                                   const float *b, int ldb, const float *beta, float *c, int ldc) {
  return with("cublasSgemm", handle, [&](Handle &h) -> Status {
    return gemm("cublasSgemm", h, ta, tb, m, n, k, alpha, {a, float32, lda, 0}, {b, float32, ldb, 0}, beta, {c, float32, ldc, 0}, 1,
                computeType(h));
  });
}

EMULATED_API Status cublasSgemmStridedBatched(void *handle, int ta, int tb, int m, int n, int k, const float *alpha, const float *a,
                                              int lda, long long strideA, const float *b, int ldb, long long strideB,
                                              const float *beta, float *c, int ldc, long long strideC, int batch) {
  return with("cublasSgemmStridedBatched", handle, [&](Handle &h) -> Status {
    return gemm("cublasSgemmStridedBatched", h, ta, tb, m, n, k, alpha, {a, float32, lda, strideA}, {b, float32, ldb, strideB}, beta,
                {c, float32, ldc, strideC}, batch, computeType(h));
  });
}

EMULATED_API Status cublasGemmEx(void *handle, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int typeA, int lda,
                                 const void *b, int typeB, int ldb, const void *beta, void *c, int typeC, int ldc, int computeType,
                                 int) {
  return with("cublasGemmEx", handle, [&](Handle &h) -> Status {
    return gemm("cublasGemmEx", h, ta, tb, m, n, k, alpha, {a, typeA, lda, 0}, {b, typeB, ldb, 0}, beta, {c, typeC, ldc, 0}, 1,
                computeType);
  });
}

EMULATED_API Status cublasGemmStridedBatchedEx(void *handle, int ta, int tb, int m, int n, int k, const void *alpha, const void *a,
                                               int typeA, int lda, long long strideA, const void *b, int typeB, int ldb,
                                               long long strideB, const void *beta, void *c, int typeC, int ldc, long long strideC,
                                               int batch, int computeType, int) {
  return with("cublasGemmStridedBatchedEx", handle, [&](Handle &h) -> Status {
    return gemm("cublasGemmStridedBatchedEx", h, ta, tb, m, n, k, alpha, {a, typeA, lda, strideA}, {b, typeB, ldb, strideB}, beta,
                {c, typeC, ldc, strideC}, batch, computeType);
  });
}

// y = alpha op(A) x + beta y; x and y as matrices of one row, so that their increments are leading dimensions.
EMULATED_API Status cublasSgemv_v2(void *handle, int operation, int m, int n, const float *alpha, const float *a, int lda,
                                   const float *x, int incx, const float *beta, float *y, int incy) {
  return with("cublasSgemv", handle, [&](Handle &h) -> Status {
    if (incx <= 0 || incy <= 0) {
      complain("cublasSgemv: increments %d and %d; only positive ones are emulated", incx, incy);
      return blasInvalidValue;
    }
    // y' = x' op(A)', where ' transposes.
    int rows = operation == 0 ? m : n, columns = operation == 0 ? n : m;
    return gemm("cublasSgemv", h, 0, operation == 0 ? 1 : 0, 1, rows, columns, alpha, {x, float32, incx, 0}, {a, float32, lda, 0}, beta,
                {y, float32, incy, 0}, 1, 68);
  });
}
