// Matrix products as cuBLAS and cublasLt define them: column-major, sums in float32 in the order of the inner dimension.
#pragma once
#include "emulation.h"

namespace emulated {

enum Type { float32 = 0, bfloat16 = 14 };

// The status of cuBLAS for what went wrong.
enum Status {
  blasSuccess = 0,
  blasNotInitialized = 1,
  blasInvalidValue = 7,
  blasArchMismatch = 8,
  blasExecutionFailed = 13,
  blasNotSupported = 15,
};

// What the factors are rounded to before they are multiplied.
enum class Rounding { none, tf32, bfloat16 };

enum Epilogue { plain = 1, relu = 2, bias = 4, reluBias = 6, biasGradientA = 256, biasGradientB = 512 };

struct Matrix {
  char *data;
  int type;
  int64_t rows, columns;  // as stored
  int64_t leading;
  int64_t stride = 0;  // elements from one of a batch to the next
  bool transposed = false;
};

// D = epilogue(alpha op(A) op(B) + beta C)
struct Product {
  const char *call;
  float alpha, beta;
  Matrix a, b, c, d;
  int batch = 1;
  Rounding rounding = Rounding::none;
  int epilogue = plain;
  char *biasVector = nullptr;
  int biasType = float32;
};

// Checks the product, whose shapes the caller has made agree, and puts it in the stream.
Status enqueue(Product product, void *stream, Device &device);

// What a compute type rounds to, for factors of these types; false if cuBLAS has no such combination.
bool roundingOf(int computeType, int factors, int result, Rounding &rounding);

float rounded(float value, Rounding rounding);
float load(const char *data, int type, int64_t index);
void store(char *data, int type, int64_t index, float value);
size_t bytes(int type);

}  // namespace emulated
