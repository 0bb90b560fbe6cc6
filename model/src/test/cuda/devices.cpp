// Devices, their attributes, each thread's current one, errors of the runtime, and the back doors for tests.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "emulation.h"

namespace emulated {
namespace {

thread_local int current = 0;
thread_local bool context = false;
thread_local Error last = success;

uint64_t orderOfStreams = setting("MILLRACE_EMULATED_CUDA_OTHERS_FIRST", 0);
uint64_t orderOfBlocks = setting("MILLRACE_EMULATED_CUDA_SEED", 0);

std::vector<Device> &devices() {
  static std::vector<Device> *all = [] {
    auto *made = new std::vector<Device>(setting("MILLRACE_EMULATED_CUDA_DEVICES", 2));
    for (size_t i = 0; i < made->size(); i++) {
      Device &device = (*made)[i];
      device.index = int(i);
      device.total = setting("MILLRACE_EMULATED_CUDA_MEMORY", size_t(512) << 20);
      device.legacy = std::make_shared<Stream>();
      device.legacy->device = &device;
      device.legacy->blocking = true;
    }
    return made;
  }();
  return *all;
}

}  // namespace

std::recursive_mutex &lock() {
  static auto *mutex = new std::recursive_mutex();
  return *mutex;
}

uint64_t setting(const char *name, uint64_t otherwise) {
  const char *text = std::getenv(name);
  return text == nullptr || *text == 0 ? otherwise : std::strtoull(text, nullptr, 10);
}

int deviceCount() { return int(devices().size()); }
Device &device(int index) { return devices().at(index); }
Device &currentDevice() { return devices().at(current); }
int capability() {
  static int value = int(setting("MILLRACE_EMULATED_CUDA_CAPABILITY", 90));
  return value;
}
bool hasContext() { return context; }
bool othersFirst() { return orderOfStreams != 0; }
uint64_t seed() { return orderOfBlocks; }

Error remember(Error error) {
  if (error != success) last = error;
  return error;
}

Error enter() {
  if (deviceCount() == 0) return noDevice;
  context = true;
  return currentDevice().sticky;
}

void complain(const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  std::fprintf(stderr, "emulated CUDA: %s\n", line);
  std::fflush(stderr);
}

}  // namespace emulated

using namespace emulated;

EMULATED_API Error cudaGetDeviceCount(int *count) {
  return call([&]() -> Error {
    *count = deviceCount();
    return *count == 0 ? noDevice : success;
  });
}

EMULATED_API Error cudaSetDevice(int index) {
  return call([&]() -> Error {
    if (index < 0 || index >= deviceCount()) return invalidDevice;
    current = index;
    return enter();
  });
}

EMULATED_API Error cudaGetDevice(int *index) {
  return call([&]() -> Error {
    *index = current;
    return success;
  });
}

EMULATED_API Error cudaDeviceGetAttribute(int *value, int attribute, int index) {
  return call([&]() -> Error {
    if (index < 0 || index >= deviceCount()) return invalidDevice;
    switch (attribute) {
      case 1: *value = 1024; break;         // threads of a block
      case 2: case 3: *value = 1024; break;  // x and y of a block
      case 4: *value = 64; break;
      case 5: *value = 2147483647; break;   // x of a grid
      case 6: case 7: *value = 65535; break;
      case 8: *value = 48 << 10; break;     // shared memory of a block
      case 10: *value = 32; break;          // warp
      case 12: *value = 65536; break;       // registers of a block
      case 13: *value = 1000000; break;     // kHz
      case 16: *value = 4; break;           // multiprocessors
      case 31: *value = 1; break;           // concurrent kernels
      case 38: *value = 4 << 20; break;     // L2 cache
      case 39: *value = 2048; break;        // threads of a multiprocessor
      case 40: *value = 2; break;           // copy engines
      case 41: *value = 1; break;           // unified addresses
      case 75: *value = capability() / 10; break;
      case 76: *value = capability() % 10; break;
      case 81: *value = 64 << 10; break;
      case 97: *value = 48 << 10; break;
      case 106: *value = 32; break;
      case 115: *value = 0; break;          // memory pools
      default:
        complain("cudaDeviceGetAttribute: attribute %d has no value here", attribute);
        return invalidValue;
    }
    return success;
  });
}

EMULATED_API Error cudaRuntimeGetVersion(int *version) {
  *version = 13010;
  return success;
}

EMULATED_API Error cudaDriverGetVersion(int *version) {
  *version = 13010;
  return success;
}

EMULATED_API Error cudaDeviceSynchronize() {
  return deviceCall([&]() -> Error {
    if (capturing(currentDevice())) {
      Error forbidden = forbiddenWhileCapturing("cudaDeviceSynchronize");
      return forbidden != success ? forbidden : captureUnsupported;
    }
    return synchronize(currentDevice());
  });
}

EMULATED_API Error cudaDeviceReset() {
  return call([&]() -> Error {
    enter();
    Device &device = currentDevice();
    destroyStreams(device);
    releaseAll(device);
    device.sticky = success;
    last = success;
    return success;
  });
}

// Limits that CUDA has and nobody here needs are the tests' back doors: 2 (malloc heap) is the device's memory in bytes,
// 4 (pending launches) the seed that orders blocks, 6 (persisting L2) whether other streams run first.
EMULATED_API Error cudaDeviceSetLimit(int limit, size_t value) {
  return call([&]() -> Error {
    switch (limit) {
      case 2: currentDevice().total = value; return success;
      case 4: orderOfBlocks = value; return success;
      case 6: orderOfStreams = value; return success;
      default: return unsupportedLimit;
    }
  });
}

EMULATED_API Error cudaDeviceGetLimit(size_t *value, int limit) {
  return call([&]() -> Error {
    switch (limit) {
      case 2: *value = currentDevice().total; return success;
      case 4: *value = orderOfBlocks; return success;
      case 6: *value = orderOfStreams; return success;
      default: return unsupportedLimit;
    }
  });
}

EMULATED_API Error cudaPeekAtLastError() {
  return deviceCount() > 0 && currentDevice().sticky != success ? currentDevice().sticky : last;
}

EMULATED_API Error cudaGetLastError() {
  Error error = cudaPeekAtLastError();
  last = success;
  return error;
}

namespace {
struct ErrorText {
  Error error;
  const char *name;
  const char *text;
};
const ErrorText errorTexts[] = {
    {success, "cudaSuccess", "no error"},
    {invalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {memoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {notInitialized, "cudaErrorInitializationError", "initialization error"},
    {invalidConfiguration, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {invalidPitch, "cudaErrorInvalidPitchValue", "invalid pitch argument"},
    {invalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection", "invalid copy direction for memcpy"},
    {noDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {invalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {invalidImage, "cudaErrorInvalidKernelImage", "device kernel image is invalid"},
    {invalidContext, "cudaErrorDeviceUninitialized", "invalid device context"},
    {noBinaryForDevice, "cudaErrorNoKernelImageForDevice", "no kernel image is available for execution on the device"},
    {unsupportedLimit, "cudaErrorUnsupportedLimit", "limit is not supported on this architecture"},
    {invalidHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {illegalState, "cudaErrorIllegalState", "the operation cannot be performed in the present state"},
    {notFound, "cudaErrorSymbolNotFound", "named symbol not found"},
    {notReady, "cudaErrorNotReady", "device not ready"},
    {illegalAddress, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {launchOutOfResources, "cudaErrorLaunchOutOfResources", "too many resources requested for launch"},
    {misalignedAddress, "cudaErrorMisalignedAddress", "misaligned address"},
    {launchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {notSupported, "cudaErrorNotSupported", "operation not supported"},
    {captureUnsupported, "cudaErrorStreamCaptureUnsupported", "operation not permitted when stream is capturing"},
    {captureInvalidated, "cudaErrorStreamCaptureInvalidated", "operation failed due to a previous error during capture"},
    {captureMerge, "cudaErrorStreamCaptureMerge", "operation would result in a merge of separate capture sequences"},
    {captureUnmatched, "cudaErrorStreamCaptureUnmatched", "capture was not ended in the same stream as it began"},
    {captureUnjoined, "cudaErrorStreamCaptureUnjoined", "capturing stream has unjoined work"},
    {captureIsolation, "cudaErrorStreamCaptureIsolation", "dependency created on uncaptured work in another stream"},
    {captureImplicit, "cudaErrorStreamCaptureImplicit", "operation would make the legacy stream depend on a capturing blocking stream"},
    {capturedEvent, "cudaErrorCapturedEvent", "operation not permitted on an event last recorded in a capturing stream"},
    {captureWrongThread, "cudaErrorStreamCaptureWrongThread", "attempt to terminate a thread-local capture sequence from another thread"},
};
}  // namespace

EMULATED_API const char *cudaGetErrorName(Error error) {
  for (const ErrorText &known : errorTexts)
    if (known.error == error) return known.name;
  return "unrecognized error code";
}

EMULATED_API const char *cudaGetErrorString(Error error) {
  for (const ErrorText &known : errorTexts)
    if (known.error == error) return known.text;
  return "unrecognized error code";
}
