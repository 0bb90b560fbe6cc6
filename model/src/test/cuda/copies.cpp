// Copies and fills. Pinned memory is read and written when the copy runs; pageable memory, as in CUDA, is staged when the
// copy is asked for, and a copy to it returns when it is done.
#include <cstring>

#include "emulation.h"

namespace emulated {
namespace {

enum Direction { hostToHost = 0, hostToDevice = 1, deviceToHost = 2, deviceToDevice = 3, byAddress = 4 };

// Rows of a copy; a plain one has one row.
struct Rows {
  size_t pitch, width, count;
  size_t span() const { return count == 0 || width == 0 ? 0 : (count - 1) * pitch + width; }
};

bool onDevice(const char *what, const void *address, size_t bytes) {
  for (int i = 0; i < deviceCount(); i++)
    if (holds(device(i), address, bytes)) return true;
  complain("%s: %zu bytes at %p are not inside one live allocation of a device", what, bytes, address);
  return false;
}

// Memory of the host may be anything, but not the end of a pinned allocation and what comes after it.
bool onHost(const char *what, const void *address, size_t bytes) {
  if (onAnyDevice(address)) return false;
  if (!holdsPinned(address, 1) || holdsPinned(address, bytes)) return true;
  complain("%s: %zu bytes at %p go past the end of their pinned memory", what, bytes, address);
  return false;
}

void copyRows(char *to, const Rows &toRows, const char *from, const Rows &fromRows) {
  for (size_t row = 0; row < toRows.count; row++)
    std::memmove(to + row * toRows.pitch, from + row * fromRows.pitch, toRows.width);
}

Error copy(Stream &stream, const char *what, void *to, Rows toRows, const void *from, Rows fromRows, int kind, bool wait) {
  if (toRows.width == 0 || toRows.count == 0) return success;
  if (toRows.pitch < toRows.width || fromRows.pitch < fromRows.width) return invalidPitch;
  if (kind < hostToHost || kind > byAddress) return invalidMemcpyDirection;
  bool toDevice = kind == byAddress ? onAnyDevice(to) : (kind & hostToDevice) != 0;
  bool fromDevice = kind == byAddress ? onAnyDevice(from) : (kind & deviceToHost) != 0;
  if (!(toDevice ? onDevice : onHost)(what, to, toRows.span())) return invalidValue;
  if (!(fromDevice ? onDevice : onHost)(what, from, fromRows.span())) return invalidValue;
  bool pageableFrom = !fromDevice && !holdsPinned(from, fromRows.span());
  bool pageableTo = !toDevice && !holdsPinned(to, toRows.span());
  if (stream.capture != nullptr && (pageableFrom || pageableTo)) {
    complain("%s: pageable host memory in a graph", what);
    invalidate(*stream.capture, what);
    return captureUnsupported;
  }

  auto target = static_cast<char *>(to);
  auto source = static_cast<const char *>(from);
  std::string name = what;
  std::shared_ptr<std::vector<char>> staged;
  if (pageableFrom) staged = std::make_shared<std::vector<char>>(source, source + fromRows.span());
  Error error = enqueue(stream, name, [=]() -> Error {
    if (toDevice && !onDevice(name.c_str(), target, toRows.span())) return illegalAddress;
    if (fromDevice && !onDevice(name.c_str(), source, fromRows.span())) return illegalAddress;
    copyRows(target, toRows, staged ? staged->data() : source, fromRows);
    return success;
  });
  if (error != success) return error;
  return wait || pageableTo ? synchronize(stream) : success;
}

Error fill(Stream &stream, const char *what, void *to, int value, size_t bytes) {
  if (bytes == 0) return success;
  if (!holds(*stream.device, to, bytes)) {
    complain("%s: %zu bytes at %p are not inside one live allocation of device %d", what, bytes, to, stream.device->index);
    return invalidValue;
  }
  std::string name = what;
  Device *device = stream.device;
  return enqueue(stream, name, [=]() -> Error {
    if (!holds(*device, to, bytes)) {
      complain("%s: memory was freed before it ran", name.c_str());
      return illegalAddress;
    }
    std::memset(to, value, bytes);
    return success;
  });
}

}  // namespace
}  // namespace emulated

using namespace emulated;

EMULATED_API Error cudaMemcpyAsync(void *to, const void *from, size_t bytes, int kind, void *handle) {
  return deviceCall([&]() -> Error {
    auto on = stream(handle);
    Rows row{bytes, bytes, 1};
    return on == nullptr ? invalidHandle : copy(*on, "cudaMemcpyAsync", to, row, from, row, kind, false);
  });
}

EMULATED_API Error cudaMemcpy(void *to, const void *from, size_t bytes, int kind) {
  return deviceCall([&]() -> Error {
    Error forbidden = forbiddenWhileCapturing("cudaMemcpy");
    Rows row{bytes, bytes, 1};
    return forbidden != success
               ? forbidden
               : copy(*currentDevice().legacy, "cudaMemcpy", to, row, from, row, kind, true);
  });
}

EMULATED_API Error cudaMemcpy2DAsync(void *to, size_t toPitch, const void *from, size_t fromPitch, size_t width,
                                     size_t height, int kind, void *handle) {
  return deviceCall([&]() -> Error {
    auto on = stream(handle);
    return on == nullptr ? invalidHandle
                         : copy(*on, "cudaMemcpy2DAsync", to, {toPitch, width, height}, from,
                                {fromPitch, width, height}, kind, false);
  });
}

EMULATED_API Error cudaMemsetAsync(void *to, int value, size_t bytes, void *handle) {
  return deviceCall([&]() -> Error {
    auto on = stream(handle);
    return on == nullptr ? invalidHandle : fill(*on, "cudaMemsetAsync", to, value, bytes);
  });
}

// As in CUDA, asynchronous to the host for memory of the device.
EMULATED_API Error cudaMemset(void *to, int value, size_t bytes) {
  return deviceCall([&]() -> Error {
    Error forbidden = forbiddenWhileCapturing("cudaMemset");
    return forbidden != success ? forbidden : fill(*currentDevice().legacy, "cudaMemset", to, value, bytes);
  });
}
