// CUDA's own names for kernels that g++ compiles. It declares what kernels of this project use and no more, and includes
// nothing, as NVRTC would not find it either.
#pragma once
#include "kernel.h"

typedef decltype(sizeof 0) size_t;

namespace emulated {
static Place place;
static Services services;
}  // namespace emulated

extern "C" char __ehdr_start[] __attribute__((visibility("hidden")));
extern "C" char _end[] __attribute__((visibility("hidden")));
extern "C" char __start_emulated_shared[] __attribute__((weak, visibility("hidden")));
extern "C" char __stop_emulated_shared[] __attribute__((weak, visibility("hidden")));

#define threadIdx (::emulated::place.thread)
#define blockIdx (::emulated::place.block)
#define blockDim (::emulated::place.blockDimensions)
#define gridDim (::emulated::place.gridDimensions)
#define warpSize 32

#define __global__ EMULATED_KERNEL
#define __device__
#define __host__
#define __constant__ static
#define __shared__ static __attribute__((section("emulated_shared")))
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define __CUDACC_RTC__ 1
#define __CUDACC__ 1

#define __syncthreads() ::emulated::barrier(__LINE__)
#define __syncwarp(...) ::emulated::warp(__LINE__)
#define __shfl_sync(mask, value, ...) ::emulated::shuffle(mask, value, __LINE__, __VA_ARGS__)
#define __shfl_down_sync(mask, value, ...) ::emulated::shuffleDown(mask, value, __LINE__, __VA_ARGS__)
#define __shfl_up_sync(mask, value, ...) ::emulated::shuffleUp(mask, value, __LINE__, __VA_ARGS__)
#define __shfl_xor_sync(mask, value, ...) ::emulated::shuffleXor(mask, value, __LINE__, __VA_ARGS__)
#define __ballot_sync(mask, predicate) ::emulated::services.ballot(mask, (predicate) != 0, __LINE__)
#define __any_sync(mask, predicate) (__ballot_sync(mask, predicate) != 0)
#define __all_sync(mask, predicate) (__ballot_sync(mask, !(predicate)) == 0)

namespace emulated {

inline __attribute__((always_inline)) void barrier(int line) {
  asm volatile("" ::: "memory");
  services.barrier(line);
  asm volatile("" ::: "memory");
}

inline __attribute__((always_inline)) void warp(int line) {
  asm volatile("" ::: "memory");
  services.ballot(0xFFFFFFFFu, 0, line);
  asm volatile("" ::: "memory");
}

inline int lane() {
  return int((place.thread.x + place.blockDimensions.x * (place.thread.y + place.blockDimensions.y * place.thread.z)) & 31);
}

// Values of 4 or 8 bytes; a source beyond the segment is the lane itself.
template <class T>
T exchange(unsigned mask, T value, int source, int line) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 4 or 8 bytes");
  unsigned words[sizeof(T) / 4];
  __builtin_memcpy(words, &value, sizeof value);
  for (unsigned &word : words) word = services.exchange(mask, word, source, line);
  __builtin_memcpy(&value, words, sizeof value);
  return value;
}

template <class T>
T shuffle(unsigned mask, T value, int line, int from, int width = 32) {
  return exchange(mask, value, (lane() & ~(width - 1)) + (from & (width - 1)), line);
}
template <class T>
T shuffleDown(unsigned mask, T value, int line, unsigned delta, int width = 32) {
  int source = (lane() & (width - 1)) + int(delta);
  return exchange(mask, value, source < width ? lane() + int(delta) : lane(), line);
}
template <class T>
T shuffleUp(unsigned mask, T value, int line, unsigned delta, int width = 32) {
  int source = (lane() & (width - 1)) - int(delta);
  return exchange(mask, value, source >= 0 ? lane() - int(delta) : lane(), line);
}
template <class T>
T shuffleXor(unsigned mask, T value, int line, int with, int width = 32) {
  int source = (lane() & (width - 1)) ^ with;
  return exchange(mask, value, source < width ? (lane() & ~(width - 1)) + source : lane(), line);
}

}  // namespace emulated

extern "C" {
float expf(float);
float exp2f(float);
float expm1f(float);
float logf(float);
float log2f(float);
float log10f(float);
float log1pf(float);
float tanhf(float);
float sinhf(float);
float coshf(float);
float sinf(float);
float cosf(float);
float erff(float);
float erfcf(float);
float powf(float, float);
float sqrtf(float);
float cbrtf(float);
float fabsf(float);
float fmaxf(float, float);
float fminf(float, float);
float fmaf(float, float, float);
float fmodf(float, float);
float floorf(float);
float ceilf(float);
float rintf(float);
float roundf(float);
float truncf(float);
float copysignf(float, float);
float ldexpf(float, int);
double exp(double);
double log(double);
double log1p(double);
double tanh(double);
double sqrt(double);
double fabs(double);
double pow(double, double);
double fma(double, double, double);
double floor(double);
int abs(int);
}

inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
inline float __expf(float x) { return expf(x); }
inline float __logf(float x) { return logf(x); }
inline float __fdividef(float x, float y) { return x / y; }
inline float __frcp_rn(float x) { return 1.0f / x; }
inline float __fsqrt_rn(float x) { return sqrtf(x); }
inline float __fadd_rn(float x, float y) { return x + y; }
inline float __fsub_rn(float x, float y) { return x - y; }
inline float __fmul_rn(float x, float y) { return x * y; }
inline float __fdiv_rn(float x, float y) { return x / y; }
inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
inline float __saturatef(float x) { return x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f; }
inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
inline unsigned min(unsigned a, unsigned b) { return a < b ? a : b; }
inline unsigned max(unsigned a, unsigned b) { return a > b ? a : b; }
inline long long min(long long a, long long b) { return a < b ? a : b; }
inline long long max(long long a, long long b) { return a > b ? a : b; }
inline float min(float a, float b) { return fminf(a, b); }
inline float max(float a, float b) { return fmaxf(a, b); }
inline bool isnan(float x) { return __builtin_isnan(x); }
inline bool isinf(float x) { return __builtin_isinf(x); }
inline bool isfinite(float x) { return __builtin_isfinite(x); }
inline bool isnan(double x) { return __builtin_isnan(x); }
inline bool isinf(double x) { return __builtin_isinf(x); }
inline bool isfinite(double x) { return __builtin_isfinite(x); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(x); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned long long)(a) * b >> 32; }
inline int __float2int_rn(float x) { return int(rintf(x)); }
inline int __float2int_rz(float x) { return int(x); }
inline float __int2float_rn(int x) { return float(x); }
inline float __uint2float_rn(unsigned x) { return float(x); }
inline unsigned __float_as_uint(float x) {
  unsigned bits;
  __builtin_memcpy(&bits, &x, 4);
  return bits;
}
inline float __uint_as_float(unsigned bits) {
  float x;
  __builtin_memcpy(&x, &bits, 4);
  return x;
}
inline int __float_as_int(float x) { return int(__float_as_uint(x)); }
inline float __int_as_float(int bits) { return __uint_as_float(unsigned(bits)); }
template <class T>
inline T __ldg(const T *address) { return *address; }
inline void __threadfence() {}
inline void __threadfence_block() {}

// Threads take turns, so that a plain addition is an atomic one.
template <class T, class V>
inline T emulatedAdd(T *address, V value) {
  T before = *address;
  *address = before + value;
  return before;
}
inline float atomicAdd(float *address, float value) { return emulatedAdd(address, value); }
inline double atomicAdd(double *address, double value) { return emulatedAdd(address, value); }
inline int atomicAdd(int *address, int value) { return emulatedAdd(address, value); }
inline unsigned atomicAdd(unsigned *address, unsigned value) { return emulatedAdd(address, value); }
inline unsigned long long atomicAdd(unsigned long long *address, unsigned long long value) { return emulatedAdd(address, value); }
inline int atomicMax(int *address, int value) {
  int before = *address;
  *address = max(before, value);
  return before;
}
inline unsigned atomicMax(unsigned *address, unsigned value) {
  unsigned before = *address;
  *address = max(before, value);
  return before;
}
inline int atomicMin(int *address, int value) {
  int before = *address;
  *address = min(before, value);
  return before;
}
inline int atomicOr(int *address, int value) {
  int before = *address;
  *address = before | value;
  return before;
}
inline int atomicExch(int *address, int value) {
  int before = *address;
  *address = value;
  return before;
}
inline float atomicExch(float *address, float value) {
  float before = *address;
  *address = value;
  return before;
}
inline int atomicCAS(int *address, int compare, int value) {
  int before = *address;
  if (before == compare) *address = value;
  return before;
}
inline unsigned atomicCAS(unsigned *address, unsigned compare, unsigned value) {
  unsigned before = *address;
  if (before == compare) *address = value;
  return before;
}

struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) int2 { int x, y; };
struct alignas(16) int4 { int x, y, z, w; };
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(8) ushort4 { unsigned short x, y, z, w; };
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline int2 make_int2(int x, int y) { return {x, y}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

// g++ is told to announce every access to memory to these (-fsanitize=kernel-address).
#define EMULATED_UNCHECKED __attribute__((no_sanitize("kernel-address"), noipa))
namespace emulated {
__attribute__((no_sanitize("kernel-address"), always_inline)) static inline void check(unsigned long address, unsigned long bytes,
                                                                                       bool write) {
  bool aligned = bytes > 16 || (address & (bytes - 1)) == 0;
  for (const Range &known : place.known)
    if (__builtin_expect(address >= known.from && address + bytes <= known.to && aligned, true)) return;
  Range &replaced = place.known[place.misses++ % 8];
  services.check(address, bytes, write, &replaced.from, &replaced.to);
}
}  // namespace emulated
#define EMULATED_ACCESS(bytes)                                                                                          \
  extern "C" EMULATED_UNCHECKED __attribute__((visibility("hidden"), used)) void __asan_load##bytes##_noabort(unsigned long a) {  \
    ::emulated::check(a, bytes, false);                                                                                 \
  }                                                                                                                     \
  extern "C" EMULATED_UNCHECKED __attribute__((visibility("hidden"), used)) void __asan_store##bytes##_noabort(unsigned long a) { \
    ::emulated::check(a, bytes, true);                                                                                  \
  }
EMULATED_ACCESS(1)
EMULATED_ACCESS(2)
EMULATED_ACCESS(4)
EMULATED_ACCESS(8)
EMULATED_ACCESS(16)
extern "C" EMULATED_UNCHECKED __attribute__((visibility("hidden"), used)) void __asan_loadN_noabort(unsigned long a, unsigned long n) {
  ::emulated::check(a, n, false);
}
extern "C" EMULATED_UNCHECKED __attribute__((visibility("hidden"), used)) void __asan_storeN_noabort(unsigned long a, unsigned long n) {
  ::emulated::check(a, n, true);
}
extern "C" EMULATED_UNCHECKED __attribute__((visibility("hidden"), used)) void __asan_handle_no_return() {}

// For the table of a module's kernels: how to unpack each one's arguments.
namespace emulated {
template <unsigned... I>
struct Sequence {};
template <class F>
struct Signature;
template <class... A>
struct Signature<void (*)(A...)> {
  static constexpr unsigned count = sizeof...(A);
  static constexpr unsigned sizes[sizeof...(A) + 1] = {sizeof(A)..., 0};
  // Arguments are the host's, so that reading them is not checked.
  template <void (*F)(A...), unsigned... I>
  EMULATED_UNCHECKED static void unpack(void **arguments, Sequence<I...>) {
    F(*static_cast<A *>(arguments[I])...);
  }
  template <void (*F)(A...)>
  EMULATED_UNCHECKED static void run(void **arguments) {
    unpack<F>(arguments, Sequence<__integer_pack(sizeof...(A))...>());
  }
};
}  // namespace emulated
