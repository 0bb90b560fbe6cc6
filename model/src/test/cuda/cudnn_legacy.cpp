// cuDNN's libraries of single functions, of which the engine calls none; the bindings link them.
#include <cstddef>

extern "C" __attribute__((visibility("default"))) size_t EMULATED_VERSION() { return 91900; }
