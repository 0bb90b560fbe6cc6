// What the emulated NVRTC gives for machine code: a text that names the architecture and the library that g++ made.
#pragma once

#include <cstdlib>
#include <cstring>
#include <string>

namespace emulated {

struct Image {
  int architecture;
  std::string path;
};

constexpr char imageMagic[] = "emulated kernels of CUDA for sm_";

inline std::string writeImage(const Image &image) {
  return imageMagic + std::to_string(image.architecture) + " in " + image.path;
}

inline bool readImage(const void *bytes, Image &image) {
  auto text = static_cast<const char *>(bytes);
  if (std::strncmp(text, imageMagic, sizeof imageMagic - 1) != 0) return false;
  char *rest;
  image.architecture = int(std::strtol(text + sizeof imageMagic - 1, &rest, 10));
  if (std::strncmp(rest, " in ", 4) != 0) return false;
  image.path = rest + 4;
  return true;
}

}  // namespace emulated
