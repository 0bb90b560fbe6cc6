// Streams and events. Work waits in its stream until somebody synchronizes, and then runs in the stream's order and no
// further than it must: whoever forgets to wait sees what was there before.
#include <chrono>

#include "emulation.h"

namespace emulated {
namespace {

// One recording of an event.
struct Mark {
  bool reached = false;
  double milliseconds = 0;
};

struct Event {
  Device *device;
  bool timed;
  bool recorded = false;
  std::shared_ptr<Stream> on;
  uint64_t position = 0;
  std::shared_ptr<Mark> mark;
  std::shared_ptr<Capture> capture;  // set if last recorded in one
  Clock clock;
};

std::map<void *, std::shared_ptr<Stream>> streams;
std::map<void *, std::shared_ptr<Event>> events;

double now() {
  using namespace std::chrono;
  return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

std::shared_ptr<Event> event(const char *call, void *handle) {
  auto found = events.find(handle);
  if (found != events.end()) return found->second;
  complain("%s: %p is no event", call, handle);
  return nullptr;
}

// A stream that takes turns with another waits for what that has been given so far.
void takeTurns(Stream &waiting, Stream &other) {
  if (other.done == other.enqueued) return;
  auto kept = other.shared_from_this();
  uint64_t position = other.enqueued;
  waiting.pending.push_back({"wait", [kept, position] { return drain(*kept, position); }});
  waiting.enqueued++;
}

// Whether a call must not touch the stream now because it is being captured.
Error forbiddenOn(Stream &stream, const char *call) {
  if (stream.capture == nullptr) return success;
  invalidate(*stream.capture, call);
  return captureUnsupported;
}

Error record(const std::shared_ptr<Event> &event, const std::shared_ptr<Stream> &on) {
  if (event->device != on->device) {
    complain("cudaEventRecord: the event is device %d's, the stream device %d's", event->device->index, on->device->index);
    return invalidHandle;
  }
  event->recorded = true;
  event->on = on;
  auto mark = std::make_shared<Mark>();
  event->mark = mark;
  event->capture = on->capture;
  if (on->capture != nullptr) {
    if (on->capture->invalidated) return captureInvalidated;
    event->clock = on->clock;
    event->clock[on.get()] = on->captured;
    return success;
  }
  Error error = enqueue(*on, "event", [mark]() -> Error {
    mark->reached = true;
    mark->milliseconds = now();
    return success;
  });
  event->position = on->enqueued;
  return error;
}

Error wait(Stream &stream, const Event &event) {
  if (!event.recorded) return success;
  if (event.capture != nullptr) {
    if (event.capture->ended) {
      complain("cudaStreamWaitEvent: the event was recorded in a capture that has ended");
      return capturedEvent;
    }
    if (stream.capture != nullptr && stream.capture != event.capture) {
      invalidate(*stream.capture, "cudaStreamWaitEvent on another capture's event");
      return captureMerge;
    }
    join(stream, event.capture, event.clock);
    return success;
  }
  if (stream.capture != nullptr) {
    invalidate(*stream.capture, "cudaStreamWaitEvent on an event from outside of the capture");
    return captureIsolation;
  }
  auto on = event.on;
  uint64_t position = event.position;
  return enqueue(stream, "wait", [on, position] { return drain(*on, position); });
}

}  // namespace

std::shared_ptr<Stream> stream(void *handle) {
  // 1 is cudaStreamLegacy.
  if (handle == nullptr || handle == reinterpret_cast<void *>(1)) return currentDevice().legacy;
  auto found = streams.find(handle);
  if (found != streams.end()) return found->second;
  complain("%p is no stream", handle);
  return nullptr;
}

Error enqueue(Stream &stream, std::string name, std::function<Error()> run) {
  if (stream.capture != nullptr) {
    if (stream.capture->invalidated) return captureInvalidated;
    stream.capture->operations.push_back({std::move(name), std::move(run)});
    stream.captured++;
    return success;
  }
  Stream &legacy = *stream.device->legacy;
  if (&stream == &legacy) {
    for (auto &other : stream.device->streams) {
      if (!other->blocking) continue;
      if (other->capture != nullptr) {
        invalidate(*other->capture, "work on the legacy stream");
        return captureImplicit;
      }
      takeTurns(legacy, *other);
    }
  } else if (stream.blocking) {
    takeTurns(stream, legacy);
  }
  stream.pending.push_back({std::move(name), std::move(run)});
  stream.enqueued++;
  return success;
}

Error append(Stream &stream, const std::vector<Operation> &operations) {
  for (const Operation &operation : operations) {
    Error error = enqueue(stream, operation.name, operation.run);
    if (error != success) return error;
  }
  return success;
}

Error drain(Stream &stream, uint64_t position) {
  Device &device = *stream.device;
  while (stream.done < position && !stream.pending.empty()) {
    Operation next = std::move(stream.pending.front());
    stream.pending.pop_front();
    if (device.sticky == success) {
      Error error = next.run();
      if (error != success && device.sticky == success) {
        complain("device %d: %s failed: error %d; nothing works on the device until cudaDeviceReset", device.index,
                 next.name.c_str(), error);
        device.sticky = error;
      }
    }
    stream.done++;
  }
  return device.sticky;
}

Error synchronize(Stream &stream) {
  uint64_t position = stream.enqueued;
  if (othersFirst()) {
    auto others = stream.device->streams;
    for (auto &other : others)
      if (other.get() != &stream) drain(*other, other->enqueued);
  }
  Error error = drain(stream, position);
  if (error != success) return error;
  return stream.device->sticky = checkRedZones(*stream.device, "something before the synchronization");
}

Error synchronize(Device &device) {
  auto all = device.streams;
  for (auto &each : all) drain(*each, each->enqueued);
  return synchronize(*device.legacy);
}

void destroyStreams(Device &device) {
  for (auto &each : device.streams) {
    each->pending.clear();
    each->done = each->enqueued;
    each->destroyed = true;
    if (each->capture != nullptr) each->capture->ended = true;
    streams.erase(each.get());
  }
  device.streams.clear();
  device.legacy->pending.clear();
  device.legacy->done = device.legacy->enqueued;
  for (auto each = events.begin(); each != events.end();)
    each = each->second->device == &device ? events.erase(each) : std::next(each);
}

}  // namespace emulated

using namespace emulated;

EMULATED_API Error cudaStreamCreateWithFlags(void **handle, unsigned flags) {
  return deviceCall([&]() -> Error {
    if (handle == nullptr || flags > 1) return invalidValue;
    auto made = std::make_shared<Stream>();
    made->device = &currentDevice();
    made->blocking = flags == 0;
    streams.emplace(made.get(), made);
    currentDevice().streams.push_back(made);
    *handle = made.get();
    return success;
  });
}

EMULATED_API Error cudaStreamCreate(void **handle) { return cudaStreamCreateWithFlags(handle, 0); }

EMULATED_API Error cudaStreamDestroy(void *handle) {
  return deviceCall([&]() -> Error {
    auto found = streams.find(handle);
    if (found == streams.end()) {
      complain("cudaStreamDestroy: %p is no stream", handle);
      return invalidHandle;
    }
    auto gone = found->second;
    if (gone->capture != nullptr) invalidate(*gone->capture, "cudaStreamDestroy");
    Error error = drain(*gone, gone->enqueued);
    gone->destroyed = true;
    streams.erase(found);
    auto &all = gone->device->streams;
    for (auto each = all.begin(); each != all.end(); ++each) {
      if (*each == gone) {
        all.erase(each);
        break;
      }
    }
    return error;
  });
}

EMULATED_API Error cudaStreamSynchronize(void *handle) {
  return deviceCall([&]() -> Error {
    auto on = stream(handle);
    if (on == nullptr) return invalidHandle;
    Error forbidden = forbiddenOn(*on, "cudaStreamSynchronize");
    return forbidden != success ? forbidden : synchronize(*on);
  });
}

// Asking moves the stream's work one piece further, so that who polls gets there.
EMULATED_API Error cudaStreamQuery(void *handle) {
  return deviceCall([&]() -> Error {
    auto on = stream(handle);
    if (on == nullptr) return invalidHandle;
    Error forbidden = forbiddenOn(*on, "cudaStreamQuery");
    if (forbidden != success) return forbidden;
    if (on->done == on->enqueued) return success;
    Error error = drain(*on, on->done + 1);
    return error != success ? error : notReady;
  });
}

EMULATED_API Error cudaStreamWaitEvent(void *handle, void *of, unsigned flags) {
  return deviceCall([&]() -> Error {
    auto on = stream(handle);
    auto awaited = event("cudaStreamWaitEvent", of);
    if (on == nullptr || awaited == nullptr) return invalidHandle;
    return flags != 0 ? invalidValue : wait(*on, *awaited);
  });
}

EMULATED_API Error cudaEventCreateWithFlags(void **handle, unsigned flags) {
  return deviceCall([&]() -> Error {
    if (handle == nullptr || flags > 3) return invalidValue;
    auto made = std::make_shared<Event>();
    made->device = &currentDevice();
    made->timed = (flags & 2) == 0;
    events.emplace(made.get(), made);
    *handle = made.get();
    return success;
  });
}

EMULATED_API Error cudaEventCreate(void **handle) { return cudaEventCreateWithFlags(handle, 0); }

EMULATED_API Error cudaEventDestroy(void *handle) {
  return deviceCall([&]() -> Error { return events.erase(handle) == 1 ? success : invalidHandle; });
}

EMULATED_API Error cudaEventRecord(void *handle, void *streamHandle) {
  return deviceCall([&]() -> Error {
    auto recorded = event("cudaEventRecord", handle);
    auto on = stream(streamHandle);
    return recorded == nullptr || on == nullptr ? Error(invalidHandle) : record(recorded, on);
  });
}

EMULATED_API Error cudaEventQuery(void *handle) {
  return deviceCall([&]() -> Error {
    auto asked = event("cudaEventQuery", handle);
    if (asked == nullptr) return invalidHandle;
    if (!asked->recorded) return success;
    if (asked->capture != nullptr) return capturedEvent;
    if (asked->mark->reached) return success;
    Error error = drain(*asked->on, asked->on->done + 1);
    return error != success ? error : notReady;
  });
}

EMULATED_API Error cudaEventSynchronize(void *handle) {
  return deviceCall([&]() -> Error {
    auto awaited = event("cudaEventSynchronize", handle);
    if (awaited == nullptr) return invalidHandle;
    if (!awaited->recorded) return success;
    if (awaited->capture != nullptr) {
      if (!awaited->capture->ended) invalidate(*awaited->capture, "cudaEventSynchronize");
      return capturedEvent;
    }
    return drain(*awaited->on, awaited->position);
  });
}

EMULATED_API Error cudaEventElapsedTime(float *milliseconds, void *from, void *to) {
  return deviceCall([&]() -> Error {
    auto start = event("cudaEventElapsedTime", from);
    auto end = event("cudaEventElapsedTime", to);
    if (start == nullptr || end == nullptr || !start->timed || !end->timed) return invalidHandle;
    if (!start->recorded || !end->recorded) return invalidHandle;
    if (!start->mark->reached || !end->mark->reached) return notReady;
    *milliseconds = float(end->mark->milliseconds - start->mark->milliseconds);
    return success;
  });
}
