// Captures and graphs. A graph is what was captured, in the order of the calls; that order is one of those that its
// dependencies allow.
#include <algorithm>
#include <set>

#include "emulation.h"

namespace emulated {
namespace {

using Operations = std::shared_ptr<const std::vector<Operation>>;

struct Graph {
  Operations operations;
};

struct Executable {
  Device *device;
  Operations operations;
};

std::map<void *, std::shared_ptr<Graph>> graphs;
std::map<void *, std::shared_ptr<Executable>> executables;
std::vector<std::shared_ptr<Capture>> captures;

// Whether all that other streams did in the capture has been waited for by the one where it began.
bool joined(const Capture &capture) {
  for (const auto &stream : capture.participants) {
    if (stream.get() == capture.origin) continue;
    auto seen = capture.origin->clock.find(stream.get());
    if (seen == capture.origin->clock.end() || seen->second < stream->captured) return false;
  }
  return true;
}

void end(const std::shared_ptr<Capture> &capture) {
  capture->ended = true;
  for (auto &stream : capture->participants) {
    stream->capture = nullptr;
    stream->clock.clear();
    stream->captured = 0;
  }
  captures.erase(std::remove(captures.begin(), captures.end(), capture), captures.end());
}

}  // namespace

bool capturing(const Device &device) {
  for (const auto &capture : captures)
    if (capture->origin->device == &device) return true;
  return false;
}

void invalidate(Capture &capture, const char *why) {
  if (!capture.invalidated) complain("%s: invalidates the capture", why);
  capture.invalidated = true;
}

Error forbiddenWhileCapturing(const char *call) {
  Error error = success;
  for (auto &capture : captures) {
    bool forbidden = capture->mode == 0 || (capture->mode == 1 && capture->thread == std::this_thread::get_id());
    if (!forbidden) continue;
    invalidate(*capture, call);
    error = captureUnsupported;
  }
  return error;
}

void join(Stream &stream, const std::shared_ptr<Capture> &capture, const Clock &clock) {
  if (stream.capture == nullptr) {
    stream.capture = capture;
    stream.captured = 0;
    stream.clock.clear();
    capture->participants.push_back(stream.shared_from_this());
  }
  for (const auto &[other, position] : clock) {
    uint64_t &seen = stream.clock[other];
    seen = std::max(seen, position);
  }
}

}  // namespace emulated

using namespace emulated;

EMULATED_API Error cudaStreamBeginCapture(void *handle, int mode) {
  return deviceCall([&]() -> Error {
    auto on = stream(handle);
    if (on == nullptr) return invalidHandle;
    if (on == on->device->legacy) return captureImplicit;
    if (mode < 0 || mode > 2) return invalidValue;
    if (on->capture != nullptr) return illegalState;
    auto begun = std::make_shared<Capture>();
    begun->mode = mode;
    begun->thread = std::this_thread::get_id();
    begun->origin = on.get();
    join(*on, begun, {});
    captures.push_back(begun);
    return success;
  });
}

EMULATED_API Error cudaStreamEndCapture(void *handle, void **graph) {
  return deviceCall([&]() -> Error {
    auto on = stream(handle);
    if (on == nullptr || graph == nullptr) return invalidHandle;
    *graph = nullptr;
    auto capture = on->capture;
    if (capture == nullptr) return illegalState;
    if (capture->origin != on.get()) {
      invalidate(*capture, "cudaStreamEndCapture on another stream than it began on");
      return captureUnmatched;
    }
    if (capture->mode != 2 && capture->thread != std::this_thread::get_id()) return captureWrongThread;
    bool complete = joined(*capture);
    end(capture);
    if (capture->invalidated) return captureInvalidated;
    if (!complete) {
      complain("cudaStreamEndCapture: work of another stream in the capture was not waited for");
      return captureUnjoined;
    }
    auto made = std::make_shared<Graph>();
    made->operations = std::make_shared<const std::vector<Operation>>(std::move(capture->operations));
    graphs.emplace(made.get(), made);
    *graph = made.get();
    return success;
  });
}

EMULATED_API Error cudaStreamIsCapturing(void *handle, int *status) {
  return deviceCall([&]() -> Error {
    auto on = stream(handle);
    if (on == nullptr || status == nullptr) return invalidHandle;
    *status = on->capture == nullptr ? 0 : on->capture->invalidated ? 2 : 1;
    return success;
  });
}

EMULATED_API Error cudaGraphInstantiate(void **executable, void *graph, unsigned long long flags) {
  return deviceCall([&]() -> Error {
    auto found = graphs.find(graph);
    if (executable == nullptr || found == graphs.end()) return invalidValue;
    if (flags != 0) {
      complain("cudaGraphInstantiate: flags %llu are not emulated", flags);
      return notSupported;
    }
    auto made = std::make_shared<Executable>();
    made->device = &currentDevice();
    made->operations = found->second->operations;
    executables.emplace(made.get(), made);
    *executable = made.get();
    return success;
  });
}

EMULATED_API Error cudaGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long flags) {
  return cudaGraphInstantiate(executable, graph, flags);
}

EMULATED_API Error cudaGraphUpload(void *, void *) { return success; }

EMULATED_API Error cudaGraphLaunch(void *executable, void *handle) {
  return deviceCall([&]() -> Error {
    auto found = executables.find(executable);
    auto on = stream(handle);
    if (found == executables.end()) {
      complain("cudaGraphLaunch: %p is no executable graph", executable);
      return invalidValue;
    }
    if (on == nullptr) return invalidHandle;
    return append(*on, *found->second->operations);
  });
}

EMULATED_API Error cudaGraphGetNodes(void *graph, void **nodes, size_t *count) {
  return deviceCall([&]() -> Error {
    auto found = graphs.find(graph);
    if (found == graphs.end() || count == nullptr) return invalidValue;
    if (nodes != nullptr) {
      complain("cudaGraphGetNodes: only the count is emulated");
      return notSupported;
    }
    *count = found->second->operations->size();
    return success;
  });
}

EMULATED_API Error cudaGraphDestroy(void *graph) {
  return deviceCall([&]() -> Error { return graphs.erase(graph) == 1 ? success : invalidValue; });
}

EMULATED_API Error cudaGraphExecDestroy(void *executable) {
  return deviceCall([&]() -> Error { return executables.erase(executable) == 1 ? success : invalidValue; });
}
