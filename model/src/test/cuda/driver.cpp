// The driver's part: modules, kernels and their launches. As with CUDA, a thread needs a current context for these, which
// it gets by its first call of the runtime that touches a device.
#include <dlfcn.h>

#include <cstdio>
#include <cstring>

#include "emulation.h"
#include "image.h"
#include "kernel.h"

namespace emulated {
namespace {

struct Module {
  Device *device;
  const Kernel *kernels;
  bool unloaded = false;
};

struct Function {
  std::shared_ptr<Module> module;
  const Kernel *kernel;
};

bool initialized = false;
std::map<void *, std::shared_ptr<Module>> modules;
// Functions live as long as the process: a handle of an unloaded module is told from a wrong one.
std::map<void *, std::unique_ptr<Function>> functions;

template <class Body>
Error driverCall(Body body) {
  std::lock_guard<std::recursive_mutex> held(lock());
  if (!hasContext()) {
    if (initialized) complain("a call of the driver in a thread without a context: no cudaSetDevice there");
    return initialized ? invalidContext : notInitialized;
  }
  Error error = currentDevice().sticky;
  return error != success ? error : body();
}

Error load(std::shared_ptr<Module> &module, const void *image) {
  Image read;
  if (!readImage(image, read)) {
    complain("cuModuleLoadData: no image that the emulated NVRTC made");
    return invalidImage;
  }
  if (read.architecture / 10 != capability() / 10 || read.architecture > capability()) {
    complain("cuModuleLoadData: made for sm_%d, the device is sm_%d", read.architecture, capability());
    return noBinaryForDevice;
  }
  void *library = dlopen(read.path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    complain("cuModuleLoadData: %s", dlerror());
    return invalidImage;
  }
  module = std::make_shared<Module>();
  module->device = &currentDevice();
  module->kernels = static_cast<const Kernel *>(dlsym(library, "emulatedKernels"));
  return module->kernels == nullptr ? invalidImage : success;
}

Error launch(Function &function, Dimensions grid, Dimensions block, Stream &on, void **parameters) {
  Kernel const &kernel = *function.kernel;
  std::string name = std::string("kernel ") + kernel.name;
  bool wrong = grid.count() == 0 || block.count() == 0 || block.x > 1024 || block.y > 1024 || block.z > 64 ||
               block.count() > 1024 || grid.x > 2147483647u || grid.y > 65535 || grid.z > 65535;
  if (wrong) {
    complain("%s: grid (%u,%u,%u) of blocks (%u,%u,%u) cannot be launched", name.c_str(), grid.x, grid.y, grid.z, block.x,
             block.y, block.z);
    return invalidValue;
  }
  if (size_t(kernel.sharedTo - kernel.sharedFrom) > (48 << 10))
    complain("%s: its module's shared arrays are more than 48 KiB together", name.c_str());
  if (function.module->device != on.device) {
    complain("%s is loaded on device %d, the stream is device %d's", name.c_str(), function.module->device->index, on.device->index);
    return invalidHandle;
  }
  // As CUDA does, arguments are copied now; the launch may be long after.
  auto values = std::make_shared<std::vector<std::vector<char>>>();
  for (unsigned i = 0; i < kernel.count; i++) {
    if (parameters == nullptr || parameters[i] == nullptr) {
      complain("%s takes %u arguments; argument %u is missing", name.c_str(), kernel.count, i);
      return invalidValue;
    }
    auto value = static_cast<const char *>(parameters[i]);
    values->emplace_back(value, value + kernel.sizes[i]);
  }
  auto module = function.module;
  return enqueue(on, name, [=, &kernel]() -> Error {
    if (module->unloaded) {
      complain("%s: its module was unloaded before it ran", name.c_str());
      return illegalAddress;
    }
    std::vector<void *> arguments;
    for (auto &value : *values) arguments.push_back(value.data());
    return runGrid(*module->device, kernel, arguments.data(), grid, block);
  });
}

}  // namespace
}  // namespace emulated

using namespace emulated;

EMULATED_API Error cuInit(unsigned) {
  std::lock_guard<std::recursive_mutex> held(lock());
  if (deviceCount() == 0) return noDevice;
  initialized = true;
  return success;
}

EMULATED_API Error cuDeviceGetCount(int *count) {
  *count = deviceCount();
  return success;
}

EMULATED_API Error cuDeviceGet(int *device, int index) {
  if (index < 0 || index >= deviceCount()) return invalidDevice;
  *device = index;
  return success;
}

EMULATED_API Error cuDeviceGetName(char *name, int length, int index) {
  if (index < 0 || index >= deviceCount()) return invalidDevice;
  std::snprintf(name, size_t(length), "Emulated CUDA device %d", index);
  return success;
}

EMULATED_API Error cuDriverGetVersion(int *version) {
  *version = 13010;
  return success;
}

EMULATED_API Error cuGetErrorName(Error error, const char **name) {
  static std::string kept;
  kept = "CUDA_ERROR_" + std::to_string(error);
  *name = error == success ? "CUDA_SUCCESS" : kept.c_str();
  return success;
}

EMULATED_API const char *cudaGetErrorString(Error);

EMULATED_API Error cuGetErrorString(Error error, const char **text) {
  *text = cudaGetErrorString(error);
  return success;
}

EMULATED_API Error cuModuleLoadData(void **module, const void *image) {
  return driverCall([&]() -> Error {
    Error forbidden = forbiddenWhileCapturing("cuModuleLoadData");
    if (forbidden != success) return forbidden;
    std::shared_ptr<Module> made;
    Error error = load(made, image);
    if (error != success) return error;
    modules.emplace(made.get(), made);
    *module = made.get();
    return success;
  });
}

EMULATED_API Error cuModuleUnload(void *module) {
  return driverCall([&]() -> Error {
    auto found = modules.find(module);
    if (found == modules.end()) return invalidHandle;
    Error error = synchronize(*found->second->device);
    found->second->unloaded = true;
    modules.erase(found);
    return error;
  });
}

EMULATED_API Error cuModuleGetFunction(void **function, void *module, const char *name) {
  return driverCall([&]() -> Error {
    auto found = modules.find(module);
    if (found == modules.end()) return invalidHandle;
    for (const Kernel *kernel = found->second->kernels; kernel->name != nullptr; kernel++) {
      if (std::strcmp(kernel->name, name) != 0) continue;
      auto made = std::make_unique<Function>(Function{found->second, kernel});
      *function = made.get();
      functions.emplace(made.get(), std::move(made));
      return success;
    }
    complain("cuModuleGetFunction: the module has no extern \"C\" kernel %s", name);
    return notFound;
  });
}

EMULATED_API Error cuLaunchKernel(void *function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                                  unsigned blockY, unsigned blockZ, unsigned sharedBytes, void *handle, void **parameters,
                                  void **extra) {
  return driverCall([&]() -> Error {
    auto found = functions.find(function);
    auto on = stream(handle);
    if (found == functions.end() || found->second->module->unloaded || on == nullptr) {
      complain("cuLaunchKernel: the function or the stream is not valid");
      return invalidHandle;
    }
    if (extra != nullptr || sharedBytes != 0) {
      complain("cuLaunchKernel: dynamic shared memory and packed arguments are not emulated");
      return notSupported;
    }
    return launch(*found->second, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, *on, parameters);
  });
}
