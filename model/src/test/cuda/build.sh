#!/bin/sh
# Builds the emulated libraries with g++: build.sh DIRECTORY. Does nothing when they are newer than their sources.
set -eu
from=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
to=$(cd "$1" && pwd)

if [ -e "$to/built" ] && [ -z "$(find "$from" -newer "$to/built" -type f)" ]; then exit 0; fi
rm -rf "$to/built" "$to/kernels"
cp "$from/prelude.h" "$from/kernel.h" "$to/"

# library SONAME SYMBOLS SOURCES AND LIBRARIES...; another process may be at it too, and gets the same.
library() {
  soname=$1; version=$2; shift 2
  printf '%s\n' "$version" > "$to/$soname.map.$$"
  (cd "$from" && g++ -std=c++17 -O2 -Wall -Wextra -Werror -ffp-contract=off -fPIC -shared -pthread \
    -Wl,-soname,"${soname##*/}" -Wl,-rpath,'$ORIGIN:$ORIGIN/..' -Wl,-z,defs -Wl,--version-script="$to/$soname.map.$$" \
    "$@" -ldl -o "$to/$soname.$$")
  mv "$to/$soname.$$" "$to/$soname"
  rm "$to/$soname.map.$$"
}

# NVIDIA's libraries version their symbols by their soname, the driver's does not.
library libcudart.so.13 'libcudart.so.13 { *; };' devices.cpp memory.cpp copies.cpp streams.cpp graphs.cpp blocks.cpp
library libcuda.so.1 '{ global: *; };' driver.cpp "$to/libcudart.so.13"
library libnvrtc.so.13 'libnvrtc.so.13 { *; };' nvrtc.cpp
library libcublasLt.so.13 'libcublasLt.so.13 { *; };' -O3 products.cpp cublaslt.cpp "$to/libcudart.so.13"
library libcublas.so.13 'libcublas.so.13 { *; };' cublas.cpp "$to/libcublasLt.so.13" "$to/libcudart.so.13"
# Apart, so that a process can do without them. Each has a version of its own to tell.
mkdir -p "$to/cudnn"
library cudnn/libcudnn_graph.so.9 'libcudnn_graph.so.9 { *; };' cudnn.cpp "$to/libcublasLt.so.13" "$to/libcudart.so.13"
for part in ops cnn adv; do
  library "cudnn/libcudnn_$part.so.9" "libcudnn_$part.so.9 { *; };" "-DEMULATED_VERSION=cudnn_${part}_version" cudnn_legacy.cpp
done
touch "$to/built"
