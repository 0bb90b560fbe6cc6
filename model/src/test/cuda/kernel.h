// What a compiled kernel and the scheduler of its threads say to each other. No includes: it is part of the text that
// kernels are compiled with, where nothing but the language and CUDA's own names may exist.
#pragma once

namespace emulated {

struct Services {
  // Waits until every thread of the block has come to this line.
  void (*barrier)(int line);
  // Waits until the lanes of the mask have come to this line; gives what the lane has left there.
  unsigned (*exchange)(unsigned mask, unsigned value, int source, int line);
  // The lanes of the mask whose value is not 0.
  unsigned (*ballot)(unsigned mask, unsigned value, int line);
  // Whether the device may touch these bytes; does not return if not. Gives the whole range around them.
  void (*check)(unsigned long address, unsigned long bytes, bool write, unsigned long *from, unsigned long *to);
};

struct Index {
  unsigned x, y, z;
};

struct Range {
  unsigned long from, to;
};

// What a module exports: where its threads read their place, and what it checks addresses against first.
struct Place {
  Index thread, block, blockDimensions, gridDimensions;
  Range known[8];
  unsigned misses;
};

struct Kernel {
  const char *name;
  void (*run)(void **arguments);
  unsigned count;
  const unsigned *sizes;
  Place *place;
  Services *services;
  char *sharedFrom, *sharedTo;
  const char *imageFrom, *imageTo;  // the module's own constants and variables
};

}  // namespace emulated
