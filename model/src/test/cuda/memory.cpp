// Memory of the devices and pinned memory of the host: what was never written reads as NaN, and bytes around every
// allocation are watched.
#include <cstdlib>
#include <cstring>

#include "emulation.h"

namespace emulated {
namespace {

constexpr size_t redZone = 1024;
constexpr size_t alignment = 256;
constexpr size_t granularity = 512;
constexpr int poison = 0xFF;
constexpr size_t quarantineLimit = size_t(32) << 20;

std::map<uintptr_t, size_t> pinned;

size_t rounded(size_t size) { return (size + granularity - 1) / granularity * granularity; }

bool poisoned(const char *from, const char *to) {
  static const std::string pattern(redZone + granularity, char(poison));
  return std::memcmp(from, pattern.data(), to - from) == 0;
}

bool intact(const Allocation &a) {
  return poisoned(a.block, a.data) && poisoned(a.data + a.size, a.block + a.blockSize);
}

void quarantine(Device &device, const Allocation &freed) {
  device.quarantine.push_back(freed);
  device.quarantined += freed.blockSize;
  while (device.quarantined > quarantineLimit) {
    device.quarantined -= device.quarantine.front().blockSize;
    std::free(device.quarantine.front().block);
    device.quarantine.pop_front();
  }
}

Error allocate(Device &device, void **pointer, size_t size) {
  if (pointer == nullptr) return invalidValue;
  *pointer = nullptr;
  if (size == 0) return success;
  if (size > device.total || device.used + rounded(size) > device.total) return memoryAllocation;
  Allocation made;
  made.size = size;
  made.blockSize = rounded(size) + 2 * redZone;
  made.block = static_cast<char *>(std::aligned_alloc(alignment, made.blockSize));
  if (made.block == nullptr) return memoryAllocation;
  std::memset(made.block, poison, made.blockSize);
  made.data = made.block + redZone;
  device.used += rounded(size);
  device.allocations.emplace(uintptr_t(made.data), made);
  *pointer = made.data;
  return success;
}

Error allocatePinned(void **pointer, size_t size) {
  if (pointer == nullptr) return invalidValue;
  *pointer = nullptr;
  if (size == 0) return success;
  *pointer = std::aligned_alloc(4096, (size + 4095) / 4096 * 4096);
  if (*pointer == nullptr) return memoryAllocation;
  std::memset(*pointer, poison, size);
  pinned.emplace(uintptr_t(*pointer), size);
  return success;
}

}  // namespace

const Allocation *find(const Device &device, const void *address) {
  auto after = device.allocations.upper_bound(uintptr_t(address));
  if (after == device.allocations.begin()) return nullptr;
  const Allocation &a = std::prev(after)->second;
  return uintptr_t(address) < uintptr_t(a.data) + a.size ? &a : nullptr;
}

bool holds(const Device &device, const void *address, size_t bytes) {
  const Allocation *a = find(device, address);
  return a != nullptr && bytes <= size_t(a->data + a->size - static_cast<const char *>(address));
}

bool holdsPinned(const void *address, size_t bytes) {
  auto after = pinned.upper_bound(uintptr_t(address));
  if (after == pinned.begin()) return false;
  auto found = std::prev(after);
  return uintptr_t(address) + bytes <= found->first + found->second;
}

bool onAnyDevice(const void *address) {
  for (int i = 0; i < deviceCount(); i++)
    if (find(device(i), address) != nullptr) return true;
  return false;
}

bool reachable(const Device &device, uintptr_t address, uintptr_t &from, uintptr_t &to) {
  const Allocation *a = find(device, reinterpret_cast<void *>(address));
  if (a != nullptr) {
    from = uintptr_t(a->data);
    to = from + a->size;
    return true;
  }
  auto after = pinned.upper_bound(address);
  if (after == pinned.begin()) return false;
  auto found = std::prev(after);
  from = found->first;
  to = from + found->second;
  return address < to;
}

Error checkRedZones(Device &device, const std::string &after) {
  for (const auto &[address, a] : device.allocations) {
    if (intact(a)) continue;
    complain("device %d: %s wrote outside of the %zu bytes at %p", device.index, after.c_str(), a.size, (void *)a.data);
    return illegalAddress;
  }
  return success;
}

void releaseAll(Device &device) {
  for (auto &[address, a] : device.allocations) std::free(a.block);
  for (Allocation &freed : device.quarantine) std::free(freed.block);
  device.allocations.clear();
  device.quarantine.clear();
  device.quarantined = 0;
  device.used = 0;
}

}  // namespace emulated

using namespace emulated;

EMULATED_API Error cudaMalloc(void **pointer, size_t size) {
  return deviceCall([&]() -> Error {
    Error forbidden = forbiddenWhileCapturing("cudaMalloc");
    return forbidden != success ? forbidden : allocate(currentDevice(), pointer, size);
  });
}

EMULATED_API Error cudaFree(void *pointer) {
  return deviceCall([&]() -> Error {
    Error forbidden = forbiddenWhileCapturing("cudaFree");
    if (forbidden != success) return forbidden;
    if (pointer == nullptr) return success;
    for (int i = 0; i < deviceCount(); i++) {
      Device &owner = device(i);
      auto found = owner.allocations.find(uintptr_t(pointer));
      if (found == owner.allocations.end()) continue;
      Error error = synchronize(owner);  // as CUDA does before it frees
      if (error != success) return error;
      error = checkRedZones(owner, "something before cudaFree");
      if (error != success) return owner.sticky = error;
      Allocation freed = found->second;
      owner.allocations.erase(found);
      owner.used -= rounded(freed.size);
      std::memset(freed.block, poison, freed.blockSize);
      quarantine(owner, freed);
      return success;
    }
    complain("cudaFree: %p is no live allocation", pointer);
    return invalidValue;
  });
}

EMULATED_API Error cudaMemGetInfo(size_t *free, size_t *total) {
  return deviceCall([&]() -> Error {
    Device &device = currentDevice();
    *free = device.total > device.used ? device.total - device.used : 0;
    *total = device.total;
    return success;
  });
}

EMULATED_API Error cudaHostAlloc(void **pointer, size_t size, unsigned flags) {
  return deviceCall([&]() -> Error {
    Error forbidden = forbiddenWhileCapturing("cudaHostAlloc");
    return forbidden != success ? forbidden : flags > 7 ? invalidValue : allocatePinned(pointer, size);
  });
}

EMULATED_API Error cudaMallocHost(void **pointer, size_t size) { return cudaHostAlloc(pointer, size, 0); }

EMULATED_API Error cudaFreeHost(void *pointer) {
  return deviceCall([&]() -> Error {
    Error forbidden = forbiddenWhileCapturing("cudaFreeHost");
    if (forbidden != success) return forbidden;
    if (pointer == nullptr) return success;
    auto found = pinned.find(uintptr_t(pointer));
    if (found == pinned.end()) {
      complain("cudaFreeHost: %p was not allocated by cudaHostAlloc", pointer);
      return invalidValue;
    }
    for (int i = 0; i < deviceCount(); i++) {
      Error error = synchronize(device(i));
      if (error != success) return error;
    }
    std::memset(pointer, poison, found->second);
    std::free(pointer);
    pinned.erase(found);
    return success;
  });
}
