// What the emulated libraries share: devices, their memory, streams of work, and how calls are entered and left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#define EMULATED_API extern "C" __attribute__((visibility("default")))

namespace emulated {

using Error = int;
// The runtime's and the driver's numbers agree wherever both name an error.
enum : Error {
  success = 0,
  invalidValue = 1,
  memoryAllocation = 2,
  notInitialized = 3,
  invalidConfiguration = 9,
  invalidPitch = 12,
  invalidMemcpyDirection = 21,
  noDevice = 100,
  invalidDevice = 101,
  invalidImage = 200,
  invalidContext = 201,
  noBinaryForDevice = 209,
  unsupportedLimit = 215,
  invalidHandle = 400,
  illegalState = 401,
  notFound = 500,
  notReady = 600,
  illegalAddress = 700,
  launchOutOfResources = 701,
  misalignedAddress = 716,
  launchFailure = 719,
  notSupported = 801,
  captureUnsupported = 900,
  captureInvalidated = 901,
  captureMerge = 902,
  captureUnmatched = 903,
  captureUnjoined = 904,
  captureIsolation = 905,
  captureImplicit = 906,
  capturedEvent = 907,
  captureWrongThread = 908,
};

struct Stream;
struct Capture;

struct Allocation {
  char *data;   // what the caller got
  size_t size;  // bytes that the caller asked for
  char *block;  // with the red zones
  size_t blockSize;
};

struct Device {
  int index;
  size_t total;
  size_t used = 0;
  Error sticky = success;  // as CUDA: after a fault nothing works on the device until it is reset
  std::map<uintptr_t, Allocation> allocations;
  std::deque<Allocation> quarantine;  // freed last; kept apart so that late accesses are noticed
  size_t quarantined = 0;
  std::shared_ptr<Stream> legacy;
  std::vector<std::shared_ptr<Stream>> streams;  // all but the legacy one
};

// One piece of a stream's work. An error is a fault of the device, which stays.
struct Operation {
  std::string name;
  std::function<Error()> run;
};

// How far each stream of a capture has come, by what a stream or an event has waited for.
using Clock = std::map<Stream *, uint64_t>;

struct Stream : std::enable_shared_from_this<Stream> {
  Device *device;
  bool blocking;  // takes turns with the legacy stream
  bool destroyed = false;
  std::deque<Operation> pending;
  uint64_t enqueued = 0;
  uint64_t done = 0;
  std::shared_ptr<Capture> capture;
  uint64_t captured = 0;
  Clock clock;
};

struct Capture {
  int mode;  // 0 global, 1 thread-local, 2 relaxed
  std::thread::id thread;
  Stream *origin;
  bool invalidated = false;
  bool ended = false;
  std::vector<Operation> operations;
  std::vector<std::shared_ptr<Stream>> participants;
};

std::recursive_mutex &lock();

// --- devices.cpp
int deviceCount();
Device &device(int index);
Device &currentDevice();
int capability();                  // 90 for 9.0
bool hasContext();                 // whether this thread has a current context, as driver calls want it
bool othersFirst();                // see setOrder
uint64_t seed();                   // order of blocks and threads; 0 is ascending
Error remember(Error error);       // as this thread's last error
Error enter();                     // binds this thread to its device's context; the device's sticky error
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t setting(const char *name, uint64_t otherwise);

// --- memory.cpp
const Allocation *find(const Device &device, const void *address);
bool holds(const Device &device, const void *address, size_t bytes);
bool holdsPinned(const void *address, size_t bytes);
bool onAnyDevice(const void *address);
// The live range around an address that kernels on the device may touch; false if there is none.
bool reachable(const Device &device, uintptr_t address, uintptr_t &from, uintptr_t &to);
// Looks at every red zone of the device; names the operation that ran last.
Error checkRedZones(Device &device, const std::string &after);
void releaseAll(Device &device);

// --- streams.cpp
// The stream behind a handle; null after a complaint when it is unknown.
std::shared_ptr<Stream> stream(void *handle);
Error enqueue(Stream &stream, std::string name, std::function<Error()> run);
Error drain(Stream &stream, uint64_t position);
Error synchronize(Stream &stream);
Error synchronize(Device &device);
Error append(Stream &stream, const std::vector<Operation> &operations);
void destroyStreams(Device &device);

// --- graphs.cpp
// Whether a call that is unsafe while this thread captures is forbidden now; invalidates the capture.
Error forbiddenWhileCapturing(const char *call);
void invalidate(Capture &capture, const char *why);
void join(Stream &stream, const std::shared_ptr<Capture> &capture, const Clock &clock);
bool capturing(const Device &device);

// --- blocks.cpp
struct Dimensions {
  unsigned x, y, z;
  uint64_t count() const { return uint64_t(x) * y * z; }
};
struct Kernel;
// Runs a grid, block after block.
Error runGrid(Device &device, const Kernel &kernel, void **arguments, Dimensions grid, Dimensions block);

// Runs a call of the API under the lock and remembers its error for this thread.
template <class Body>
Error call(Body body) {
  std::lock_guard<std::recursive_mutex> held(lock());
  return remember(body());
}

// The same for a call that uses the device.
template <class Body>
Error deviceCall(Body body) {
  std::lock_guard<std::recursive_mutex> held(lock());
  Error error = enter();
  return remember(error == success ? body() : error);
}

}  // namespace emulated
