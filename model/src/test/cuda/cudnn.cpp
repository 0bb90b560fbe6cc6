// cuDNN's graph API, as far as single convolutions of two-dimensional images go. Each operation has several engines, so that
// whoever picks one is shown what can be wrong with it; heuristics list them from the fastest to the slowest. Types that do not
// fit, values that are missing and descriptors that are not finalized are refused as cuDNN 9.5 does.
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "products.h"

using namespace emulated;

namespace {

enum Answer {
  good = 0,
  notStarted = 1001,
  badParam = 2000,
  badNull = 2002,
  badAlignment = 2003,
  badNotFinalized = 2004,
  badSize = 2006,
  badStream = 2007,
  badAttributeType = 2010,
  badDescriptorType = 2012,
  unsupported = 3000,
  unsupportedDataType = 3003,
  executionFailed = 5000,
};

enum DescriptorType {
  convolutionType = 1,
  engineType = 2,
  configType = 3,
  heuristicsType = 4,
  planType = 5,
  forwardType = 10,
  filterType = 11,
  dataType = 12,
  graphType = 15,
  packType = 16,
  tensorType = 17,
};

enum AttributeType { handleValue = 0, dataTypeValue = 1, int64Value = 3, floatValue = 4, pointerValue = 6, modeValue = 7, heuristicValue = 8,
                     noteValue = 11, descriptorValue = 15 };

enum Note { tensorCore = 0, downConverted = 1, nondeterministic = 4 };

constexpr int floatData = 0, bfloat16Data = 9, crossCorrelation = 1, modeA = 3, modeFallback = 2;

thread_local std::string lastError;

Answer refuse(Answer status, const char *format, ...) __attribute__((format(printf, 2, 3)));

Answer refuse(Answer status, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  lastError = text;
  if (status < unsupported) complain("cuDNN: %s", text);  // what is not supported is no mistake of the caller's
  return status;
}

// --- handles

struct Handle {
  Device *device;
  void *stream = nullptr;
};

std::map<void *, std::unique_ptr<Handle>> handles;

Handle *handleOf(void *pointer) {
  auto found = handles.find(pointer);
  return found == handles.end() ? nullptr : found->second.get();
}

// --- descriptors: attributes by their numbers, and what became of them when they were finalized

struct Tensor {
  int type = 0;
  std::vector<int64_t> sizes, strides;  // of n, c, h, w
  int64_t id = 0, alignment = 1;

  int64_t values() const {
    int64_t last = 0;
    for (size_t i = 0; i < sizes.size(); i++) last += (sizes[i] - 1) * strides[i];
    return last + 1;
  }
  size_t span() const { return size_t(values()) * (type == bfloat16Data ? 2 : 4); }
};

struct Operation {
  int kind = 0;
  Tensor image, filter, positions;  // x or dx, w or dw, y or dy
  std::vector<int64_t> strides, before, after;
};

struct Engine {
  int index;
  std::vector<int> notes;
  size_t workspace;
  bool startable;  // whether its plans can be finalized
};

struct Descriptor {
  int type;
  bool finalized = false;
  std::map<int, std::pair<int, std::vector<char>>> attributes;  // type and bytes

  Tensor tensor;
  Operation operation;
  std::vector<Engine> results;
  Engine engine{};
  void *handle = nullptr;
  std::map<int64_t, void *> pointers;
  void *workspace = nullptr;
};

std::map<void *, std::unique_ptr<Descriptor>> descriptors;

Descriptor *descriptorOf(void *pointer) {
  auto found = descriptors.find(pointer);
  return found == descriptors.end() ? nullptr : found->second.get();
}

size_t sizeOf(int type) {
  switch (type) {
    case handleValue: case int64Value: case pointerValue: case descriptorValue: return 8;
    case dataTypeValue: case floatValue: case modeValue: case heuristicValue: case noteValue: return 4;
    default: return 0;
  }
}

struct Wanted {
  int name, type;
  size_t most;  // elements
};

// What can be set of a descriptor; all of it is wanted.
std::vector<Wanted> wanted(int type) {
  switch (type) {
    case tensorType:
      return {{900, int64Value, 1}, {901, dataTypeValue, 1}, {902, int64Value, 4}, {903, int64Value, 4}, {906, int64Value, 1}};
    case convolutionType:
      return {{100, dataTypeValue, 1}, {101, modeValue, 1},  {102, int64Value, 2}, {103, int64Value, 2},
              {104, int64Value, 2},    {105, int64Value, 2}, {106, int64Value, 1}};
    case forwardType:
      return {{700, floatValue, 1}, {701, floatValue, 1}, {702, descriptorValue, 1}, {703, descriptorValue, 1}, {704, descriptorValue, 1},
              {705, descriptorValue, 1}};
    case dataType:
      return {{706, floatValue, 1}, {707, floatValue, 1}, {708, descriptorValue, 1}, {709, descriptorValue, 1}, {710, descriptorValue, 1},
              {711, descriptorValue, 1}};
    case filterType:
      return {{712, floatValue, 1}, {713, floatValue, 1}, {714, descriptorValue, 1}, {715, descriptorValue, 1}, {716, descriptorValue, 1},
              {717, descriptorValue, 1}};
    case graphType: return {{800, handleValue, 1}, {801, descriptorValue, 1}};
    case heuristicsType: return {{200, heuristicValue, 1}, {201, descriptorValue, 1}};
    case planType: return {{400, handleValue, 1}, {401, descriptorValue, 1}};
    case packType: return {{1000, int64Value, 3}, {1001, pointerValue, 3}, {1003, pointerValue, 1}};
    default: return {};
  }
}

template <class T>
std::vector<T> all(const Descriptor &d, int name) {
  const std::vector<char> &bytes = d.attributes.at(name).second;
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

template <class T>
T one(const Descriptor &d, int name) {
  return all<T>(d, name)[0];
}

// The finalized descriptor that an attribute names; null after a complaint.
Descriptor *named(const Descriptor &d, int name, int type, Answer &status) {
  Descriptor *found = descriptorOf(one<void *>(d, name));
  if (found == nullptr || found->type != type) {
    status = refuse(badDescriptorType, "attribute %d must be a descriptor of type %d", name, type);
    return nullptr;
  }
  if (found->finalized) return found;
  status = refuse(badNotFinalized, "the descriptor of attribute %d is not finalized", name);
  return nullptr;
}

// --- what finalizing checks

Answer finalizeTensor(Descriptor &d) {
  Tensor &t = d.tensor;
  t.type = one<int>(d, 901);
  t.sizes = all<int64_t>(d, 902);
  t.strides = all<int64_t>(d, 903);
  t.id = one<int64_t>(d, 906);
  t.alignment = one<int64_t>(d, 900);
  if (t.type != floatData && t.type != bfloat16Data) return refuse(badParam, "tensors of type %d are not emulated", t.type);
  if (t.type == bfloat16Data && capability() < 80) return refuse(unsupportedDataType, "bfloat16 wants sm_80, the device is sm_%d", capability());
  if (t.sizes.size() != 4 || t.strides.size() != 4) return refuse(badParam, "tensors of other than 4 dimensions are not emulated");
  for (int i = 0; i < 4; i++)
    if (t.sizes[i] < 1 || t.strides[i] < 1) return refuse(badParam, "extent %d is %ld, its stride %ld", i, long(t.sizes[i]), long(t.strides[i]));
  if (t.alignment < 1 || (t.alignment & (t.alignment - 1)) != 0) return refuse(badParam, "alignment %ld", long(t.alignment));
  return good;
}

Answer finalizeConvolution(Descriptor &d) {
  if (one<int>(d, 100) != floatData || one<int>(d, 101) != crossCorrelation || one<int64_t>(d, 106) != 2)
    return refuse(badParam, "only correlations in two dimensions that are summed in float32 are emulated");
  for (int name : {102, 103, 104, 105}) {
    std::vector<int64_t> values = all<int64_t>(d, name);
    if (values.size() != 2) return refuse(badParam, "attribute %d of 2 dimensions has %zu values", name, values.size());
    int64_t least = name < 104 ? 1 : 0;
    for (int64_t value : values)
      if (value < least || (name == 102 && value != 1)) return refuse(badParam, "attribute %d is %ld", name, long(value));
  }
  return good;
}

// The numbers of the attributes of each kind: alpha, beta, convolution, filter, image, positions.
struct Names {
  int alpha, beta, convolution, filter, image, positions;
};

Names namesOf(int kind) {
  if (kind == forwardType) return {700, 701, 702, 703, 704, 705};
  if (kind == dataType) return {706, 707, 708, 709, 710, 711};
  return {712, 713, 714, 715, 716, 717};
}

Answer finalizeOperation(Descriptor &d) {
  Names names = namesOf(d.type);
  Answer status = good;
  Descriptor *convolution = named(d, names.convolution, convolutionType, status), *filter = named(d, names.filter, tensorType, status),
             *image = named(d, names.image, tensorType, status), *positions = named(d, names.positions, tensorType, status);
  if (status != good) return status;
  if (one<float>(d, names.alpha) != 1 || one<float>(d, names.beta) != 0) return refuse(badParam, "other factors than 1 and 0 are not emulated");
  Operation &o = d.operation;
  o.kind = d.type;
  o.image = image->tensor;
  o.filter = filter->tensor;
  o.positions = positions->tensor;
  o.strides = all<int64_t>(*convolution, 103);
  o.after = all<int64_t>(*convolution, 104);
  o.before = all<int64_t>(*convolution, 105);
  bool agree = o.image.sizes[0] == o.positions.sizes[0] && o.image.sizes[1] == o.filter.sizes[1] && o.filter.sizes[0] == o.positions.sizes[1];
  for (int i = 0; i < 2; i++)
    agree = agree && o.positions.sizes[2 + i] == (o.image.sizes[2 + i] + o.before[i] + o.after[i] - o.filter.sizes[2 + i]) / o.strides[i] + 1;
  if (!agree) return refuse(badParam, "the image, the filter and the positions do not agree");
  if (o.image.id == o.filter.id || o.image.id == o.positions.id || o.filter.id == o.positions.id) return refuse(badParam, "ids of tensors must differ");
  return good;
}

Answer finalizeGraph(Descriptor &d) {
  d.handle = one<void *>(d, 800);
  if (handleOf(d.handle) == nullptr) return refuse(badParam, "the graph's handle is no handle");
  Descriptor *operation = descriptorOf(one<void *>(d, 801));
  if (operation == nullptr || (operation->type != forwardType && operation->type != dataType && operation->type != filterType))
    return refuse(badDescriptorType, "the graph's operation is none");
  if (!operation->finalized) return refuse(badNotFinalized, "the graph's operation is not finalized");
  d.operation = operation->operation;
  return good;
}

// cuDNN knows no way for some operations and does not say which before it is asked: here for windows of more than 7 pixels a
// side, for padding that differs before and behind, and for results of float32 of images with an odd number of channels in
// bfloat16. The layout must be that of images whose channels are innermost.
bool known(const Operation &o) {
  bool channelsInnermost = true;
  for (const Tensor *t : {&o.image, &o.filter, &o.positions})
    channelsInnermost = channelsInnermost && t->strides[1] == 1 && t->strides[3] == t->sizes[1] && t->strides[2] == t->strides[3] * t->sizes[3] &&
                        t->strides[0] == t->strides[2] * t->sizes[2];
  const Tensor &result = o.kind == forwardType ? o.positions : o.kind == dataType ? o.image : o.filter;
  const Tensor &one = o.kind == forwardType ? o.image : o.positions, &other = o.kind == filterType ? o.image : o.filter;
  bool mixed = result.type == floatData && one.type == bfloat16Data;
  return channelsInnermost && one.type == other.type && (result.type == one.type || (mixed && o.image.sizes[1] % 2 == 0)) &&
         o.filter.sizes[2] <= 7 && o.filter.sizes[3] <= 7 && o.before == o.after;
}

Answer finalizeHeuristics(Descriptor &d) {
  Answer status = good;
  Descriptor *graph = named(d, 201, graphType, status);
  if (graph == nullptr) return status;
  d.operation = graph->operation;
  d.handle = graph->handle;
  int mode = one<int>(d, 200);
  if (mode != modeA && mode != modeFallback) return refuse(badParam, "heuristic mode %d is not emulated", mode);
  if (!known(d.operation)) return mode == modeA ? refuse(unsupported, "no engine for this convolution") : good;
  size_t images = size_t(d.operation.image.sizes[0]);
  if (mode == modeFallback) {
    d.results = {{5, {}, 512 * images, true}};
    return good;
  }
  d.results = {{0, {}, 0, false},
               {1, {nondeterministic}, 256, true},
               {2, {tensorCore, downConverted}, 0, true},
               {3, {}, size_t(1) << 40, true},
               {4, {tensorCore}, 64 * images, true}};
  return good;
}

Answer finalizePlan(Descriptor &d) {
  d.handle = one<void *>(d, 400);
  if (handleOf(d.handle) == nullptr) return refuse(badParam, "the plan's handle is no handle");
  if (forbiddenWhileCapturing("finalizing a plan of cuDNN") != success) return executionFailed;
  Answer status = good;
  Descriptor *config = named(d, 401, configType, status);
  if (config == nullptr) return status;
  d.engine = config->engine;
  d.operation = config->operation;
  return d.engine.startable ? good : refuse(unsupported, "the engine does not start on this device");
}

Answer finalizePack(Descriptor &d) {
  std::vector<int64_t> ids = all<int64_t>(d, 1000);
  std::vector<void *> pointers = all<void *>(d, 1001);
  if (ids.size() != pointers.size()) return refuse(badSize, "%zu ids and %zu pointers", ids.size(), pointers.size());
  for (size_t i = 0; i < ids.size(); i++) d.pointers[ids[i]] = pointers[i];
  d.workspace = one<void *>(d, 1003);
  return good;
}

Answer finalize(Descriptor &d) {
  for (const Wanted &w : wanted(d.type))
    if (d.attributes.count(w.name) == 0) return refuse(badParam, "attribute %d of a descriptor of type %d is not set", w.name, d.type);
  switch (d.type) {
    case tensorType: return finalizeTensor(d);
    case convolutionType: return finalizeConvolution(d);
    case forwardType: case dataType: case filterType: return finalizeOperation(d);
    case graphType: return finalizeGraph(d);
    case heuristicsType: return finalizeHeuristics(d);
    case planType: return finalizePlan(d);
    case packType: return finalizePack(d);
    default: return refuse(badParam, "a descriptor of type %d is not finalized by hand", d.type);
  }
}

// --- the convolutions

// [n, h, w, c], dense
struct Dense {
  std::vector<float> values;
  int64_t n, h, w, c;
  int64_t at(int64_t i, int64_t y, int64_t x, int64_t k) const { return ((i * h + y) * w + x) * c + k; }
};

int typeOf(const Tensor &t) { return t.type == bfloat16Data ? bfloat16 : float32; }

Dense shaped(const Tensor &t) {
  Dense d{{}, t.sizes[0], t.sizes[2], t.sizes[3], t.sizes[1]};
  d.values.resize(size_t(d.n * d.h * d.w * d.c));
  return d;
}

template <class Body>
void each(const Tensor &t, const Dense &d, Body body) {
  for (int64_t i = 0; i < d.n; i++)
    for (int64_t y = 0; y < d.h; y++)
      for (int64_t x = 0; x < d.w; x++)
        for (int64_t k = 0; k < d.c; k++)
          body(size_t(d.at(i, y, x, k)), i * t.strides[0] + k * t.strides[1] + y * t.strides[2] + x * t.strides[3]);
}

Dense read(const Tensor &t, const char *data, Rounding rounding) {
  Dense d = shaped(t);
  each(t, d, [&](size_t to, int64_t from) { d.values[to] = rounded(load(data, typeOf(t), from), rounding); });
  return d;
}

void write(const Tensor &t, char *data, const Dense &d) {
  each(t, d, [&](size_t from, int64_t to) { store(data, typeOf(t), to, d.values[from]); });
}

// Every pair of a pixel and a place in a window, with its position; images in the given order.
template <class Body>
void walk(const Operation &o, const Dense &image, const Dense &filter, const Dense &positions, bool backwards, Body body) {
  for (int64_t turn = 0; turn < image.n; turn++) {
    int64_t i = backwards ? image.n - 1 - turn : turn;
    for (int64_t py = 0; py < positions.h; py++)
      for (int64_t px = 0; px < positions.w; px++)
        for (int64_t a = 0; a < filter.h; a++)
          for (int64_t b = 0; b < filter.w; b++) {
            int64_t y = py * o.strides[0] - o.before[0] + a, x = px * o.strides[1] - o.before[1] + b;
            if (y < 0 || y >= image.h || x < 0 || x >= image.w) continue;
            for (int64_t k = 0; k < filter.n; k++)
              body(size_t(image.at(i, y, x, 0)), size_t(filter.at(k, a, b, 0)), size_t(positions.at(i, py, px, k)));
          }
  }
}

void convolve(const Operation &o, const Engine &engine, const std::map<int64_t, void *> &pointers) {
  auto data = [&](const Tensor &t) { return static_cast<char *>(pointers.at(t.id)); };
  bool tensorCores = std::count(engine.notes.begin(), engine.notes.end(), tensorCore) > 0;
  bool down = std::count(engine.notes.begin(), engine.notes.end(), downConverted) > 0;
  Rounding rounding = down ? Rounding::bfloat16 : tensorCores && capability() >= 80 ? Rounding::tf32 : Rounding::none;
  // The engine that is not deterministic sums in the order that the seed of the launches gives, the others in one of their own.
  bool backwards = std::count(engine.notes.begin(), engine.notes.end(), nondeterministic) == 0 || seed() % 2 == 1;
  Dense image = o.kind == dataType ? shaped(o.image) : read(o.image, data(o.image), rounding);
  Dense filter = o.kind == filterType ? shaped(o.filter) : read(o.filter, data(o.filter), rounding);
  Dense positions = o.kind == forwardType ? shaped(o.positions) : read(o.positions, data(o.positions), rounding);
  int64_t channels = image.c;
  float *x = image.values.data(), *w = filter.values.data(), *y = positions.values.data();
  walk(o, image, filter, positions, backwards, [&](size_t pixel, size_t place, size_t position) {
    if (o.kind == forwardType) {
      float sum = y[position];
      for (int64_t c = 0; c < channels; c++) sum += x[pixel + size_t(c)] * w[place + size_t(c)];
      y[position] = sum;
    } else if (o.kind == dataType) {
      for (int64_t c = 0; c < channels; c++) x[pixel + size_t(c)] += y[position] * w[place + size_t(c)];
    } else {
      for (int64_t c = 0; c < channels; c++) w[place + size_t(c)] += y[position] * x[pixel + size_t(c)];
    }
  });
  if (o.kind == forwardType) write(o.positions, data(o.positions), positions);
  else if (o.kind == dataType) write(o.image, data(o.image), image);
  else write(o.filter, data(o.filter), filter);
}

Answer inside(const Descriptor &plan, const Descriptor &pack, const Device &device) {
  const Operation &o = plan.operation;
  for (const Tensor *t : {&o.image, &o.filter, &o.positions}) {
    auto found = pack.pointers.find(t->id);
    if (found == pack.pointers.end()) return refuse(badParam, "the pack has no tensor %ld", long(t->id));
    if (uintptr_t(found->second) % uintptr_t(t->alignment) != 0)
      return refuse(badAlignment, "tensor %ld at %p is not aligned to %ld", long(t->id), found->second, long(t->alignment));
    if (!holds(device, found->second, t->span()))
      return refuse(badParam, "tensor %ld, %zu bytes at %p, is not inside one live allocation of device %d", long(t->id), t->span(), found->second,
                    device.index);
  }
  size_t space = plan.engine.workspace;
  if (space > 0 && (uintptr_t(pack.workspace) % 16 != 0 || !holds(device, pack.workspace, space)))
    return refuse(badParam, "the workspace of %zu bytes at %p is not aligned to 16, or in no live allocation of device %d", space, pack.workspace,
                  device.index);
  return good;
}

template <class Body>
Answer locked(Body body) {
  std::lock_guard<std::recursive_mutex> held(lock());
  lastError.clear();
  return body();
}

}  // namespace

EMULATED_API size_t cudnnGetVersion() { return 91900; }

EMULATED_API const char *cudnnGetErrorString(Answer status) {
  switch (status) {
    case good: return "CUDNN_STATUS_SUCCESS";
    case notStarted: return "CUDNN_STATUS_NOT_INITIALIZED";
    case badParam: return "CUDNN_STATUS_BAD_PARAM";
    case badNull: return "CUDNN_STATUS_BAD_PARAM_NULL_POINTER";
    case badAlignment: return "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER";
    case badNotFinalized: return "CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED";
    case badSize: return "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT";
    case badStream: return "CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH";
    case badAttributeType: return "CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE";
    case badDescriptorType: return "CUDNN_STATUS_BAD_PARAM_DESCRIPTOR_TYPE";
    case unsupported: return "CUDNN_STATUS_NOT_SUPPORTED";
    case unsupportedDataType: return "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE";
    case executionFailed: return "CUDNN_STATUS_EXECUTION_FAILED";
  }
  return "CUDNN_STATUS unknown";
}

EMULATED_API void cudnnGetLastErrorString(char *message, size_t size) {
  if (size == 0) return;
  std::strncpy(message, lastError.c_str(), size - 1);
  message[size - 1] = 0;
  lastError.clear();
}

EMULATED_API Answer cudnnCreate(void **handle) {
  return locked([&]() -> Answer {
    if (enter() != success || forbiddenWhileCapturing("cudnnCreate") != success) return notStarted;
    auto made = std::make_unique<Handle>();
    made->device = &currentDevice();
    *handle = made.get();
    handles.emplace(made.get(), std::move(made));
    return good;
  });
}

EMULATED_API Answer cudnnDestroy(void *handle) {
  return locked([&]() -> Answer {
    Handle *found = handleOf(handle);
    if (found == nullptr) return refuse(badParam, "%p is no handle", handle);
    synchronize(*found->device);
    handles.erase(handle);
    return good;
  });
}

EMULATED_API Answer cudnnSetStream(void *handle, void *on) {
  return locked([&]() -> Answer {
    Handle *found = handleOf(handle);
    if (found == nullptr) return refuse(badParam, "%p is no handle", handle);
    auto wantedStream = stream(on);
    if (wantedStream == nullptr || wantedStream->device != found->device) return refuse(badStream, "the stream is another device's");
    found->stream = on;
    return good;
  });
}

EMULATED_API Answer cudnnBackendCreateDescriptor(int type, void **made) {
  return locked([&]() -> Answer {
    if (made == nullptr) return refuse(badNull, "where the descriptor belongs");
    if (wanted(type).empty() && type != engineType && type != configType) return refuse(badParam, "descriptors of type %d are not emulated", type);
    auto descriptor = std::make_unique<Descriptor>();
    descriptor->type = type;
    *made = descriptor.get();
    descriptors.emplace(descriptor.get(), std::move(descriptor));
    return good;
  });
}

EMULATED_API Answer cudnnBackendDestroyDescriptor(void *descriptor) {
  return locked([&]() -> Answer {
    if (descriptors.erase(descriptor) == 0) return refuse(badParam, "%p is no descriptor", descriptor);
    return good;
  });
}

EMULATED_API Answer cudnnBackendSetAttribute(void *descriptor, int name, int type, int64_t count, const void *values) {
  return locked([&]() -> Answer {
    Descriptor *d = descriptorOf(descriptor);
    if (d == nullptr) return refuse(badParam, "%p is no descriptor", descriptor);
    if (d->finalized) return refuse(badParam, "attribute %d is set of a descriptor that is finalized", name);
    if (values == nullptr) return refuse(badNull, "the values of attribute %d", name);
    for (const Wanted &w : wanted(d->type)) {
      if (w.name != name) continue;
      if (w.type != type) return refuse(badAttributeType, "attribute %d is of type %d, not %d", name, w.type, type);
      if (count < 1 || size_t(count) > w.most) return refuse(badSize, "attribute %d has 1 to %zu values, not %ld", name, w.most, long(count));
      const char *bytes = static_cast<const char *>(values);
      d->attributes[name] = {type, std::vector<char>(bytes, bytes + size_t(count) * sizeOf(type))};
      return good;
    }
    return refuse(badParam, "attribute %d of descriptors of type %d is not emulated", name, d->type);
  });
}

EMULATED_API Answer cudnnBackendFinalize(void *descriptor) {
  return locked([&]() -> Answer {
    Descriptor *d = descriptorOf(descriptor);
    if (d == nullptr) return refuse(badParam, "%p is no descriptor", descriptor);
    if (d->finalized) return refuse(badParam, "a descriptor is finalized once");
    Answer status = finalize(*d);
    d->finalized = status == good;
    return status;
  });
}

EMULATED_API Answer cudnnBackendGetAttribute(void *descriptor, int name, int type, int64_t requested, int64_t *count, void *values) {
  return locked([&]() -> Answer {
    Descriptor *d = descriptorOf(descriptor);
    if (d == nullptr) return refuse(badParam, "%p is no descriptor", descriptor);
    if (!d->finalized) return refuse(notStarted, "attribute %d of a descriptor that is not finalized", name);
    if (requested > 0 && values == nullptr) return refuse(badNull, "where the values of attribute %d belong", name);
    auto write = [&](size_t has) {
      if (count != nullptr) *count = int64_t(has);
      return std::min(has, size_t(requested));
    };
    if (d->type == heuristicsType && name == 202 && type == descriptorValue) {
      size_t room = write(d->results.size());
      for (size_t i = 0; i < room; i++) {
        Descriptor *config = descriptorOf(static_cast<void **>(values)[i]);
        if (config == nullptr || config->type != configType) return refuse(badDescriptorType, "result %zu must be a descriptor of a configuration", i);
        config->engine = d->results[i];
        config->operation = d->operation;
        config->finalized = true;
      }
      return good;
    }
    if (d->type == configType && name == 300 && type == descriptorValue) {
      if (write(1) == 0) return good;
      Descriptor *engine = descriptorOf(*static_cast<void **>(values));
      if (engine == nullptr || engine->type != engineType) return refuse(badDescriptorType, "the value must be a descriptor of an engine");
      engine->engine = d->engine;
      engine->finalized = true;
      return good;
    }
    if (d->type == engineType && name == 1303 && type == noteValue) {
      size_t room = write(d->engine.notes.size());
      for (size_t i = 0; i < room; i++) static_cast<int *>(values)[i] = d->engine.notes[i];
      return good;
    }
    if (d->type == planType && name == 402 && type == int64Value) {
      if (write(1) > 0) *static_cast<int64_t *>(values) = int64_t(d->engine.workspace);
      return good;
    }
    return refuse(badParam, "attribute %d of descriptors of type %d is not emulated as of type %d", name, d->type, type);
  });
}

EMULATED_API Answer cudnnBackendExecute(void *handle, void *planned, void *packed) {
  return locked([&]() -> Answer {
    Handle *h = handleOf(handle);
    Descriptor *plan = descriptorOf(planned), *pack = descriptorOf(packed);
    if (h == nullptr) return refuse(badParam, "%p is no handle", handle);
    if (plan == nullptr || plan->type != planType || pack == nullptr || pack->type != packType)
      return refuse(badDescriptorType, "a plan and a pack are executed");
    if (!plan->finalized || !pack->finalized) return refuse(badNotFinalized, "the plan or the pack is not finalized");
    Error error = enter();
    if (error != success || h->device != &currentDevice()) return refuse(executionFailed, "the device failed, or is not the handle's");
    auto on = stream(h->stream);
    if (on == nullptr || on->device != h->device) return refuse(badStream, "the stream is another device's");
    Answer status = inside(*plan, *pack, *h->device);
    if (status != good) return status;
    // The pack's contents now; the plan and the pack may be destroyed before this runs.
    Descriptor p = *plan, k = *pack;
    Device *device = h->device;
    error = emulated::enqueue(*on, "a convolution of cuDNN", [p, k, device]() -> Error {
      if (inside(p, k, *device) != good) return illegalAddress;
      if (p.engine.workspace > 0) std::memset(k.workspace, 0xFF, p.engine.workspace);  // NaN for whom it belongs to beside
      convolve(p.operation, p.engine, k.pointers);
      return success;
    });
    return error == success ? good : executionFailed;
  });
}
