// Runs the blocks of a grid one after another, and the threads of a block in turns: each until it ends or waits for others
// at a barrier or a shuffle. Threads that wait keep their stacks; a kernel without barriers needs one stack only.
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <random>

#include "emulation.h"
#include "kernel.h"

// Stores the caller's registers and stack pointer, and goes on where another stack left off.
extern "C" void emulatedSwitch(void **save, void *resume);
asm(R"(
.text
.type emulatedSwitch,@function
.hidden emulatedSwitch
.globl emulatedSwitch
emulatedSwitch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size emulatedSwitch, .-emulatedSwitch
)");

namespace emulated {
namespace {

constexpr size_t stackSize = 64 << 10;
constexpr unsigned warpSize = 32;

struct Fiber {
  char *stack;
  void *resume;
  unsigned thread;
  unsigned number;
};

struct Warp {
  unsigned existing = 0;
  unsigned arrived = 0;
  unsigned mask = 0;
  int line = 0;
  int parity = 0;
  unsigned slots[2][warpSize];
  Fiber *waiting[warpSize];
};

// The block that runs now; one at a time in a process, under the lock.
struct Block {
  Device *device;
  const Kernel *kernel;
  void **arguments;
  Dimensions dimensions;
  unsigned threads;
  const unsigned *order;  // in which threads start
  unsigned started = 0;
  unsigned ended = 0;
  std::vector<Fiber *> ready;
  std::vector<Fiber *> atBarrier;
  int barrierLine = 0;
  std::vector<Warp> warps;
  Fiber *current = nullptr;
  void *scheduler = nullptr;
  Error fault = success;
};

Block *running = nullptr;
std::vector<Fiber *> idle;

void fiberMain();

Fiber *fresh() {
  Fiber *fiber;
  if (idle.empty()) {
    static unsigned made = 0;
    fiber = new Fiber();
    fiber->number = made++;
    void *stack = mmap(nullptr, stackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED) std::abort();
    mprotect(stack, 4096, PROT_NONE);  // overflows end the process rather than spoil a neighbor
    fiber->stack = static_cast<char *>(stack);
  } else {
    fiber = idle.back();
    idle.pop_back();
  }
  // What emulatedSwitch pops: six registers and where to go; the entry then sees a stack as after a call. Stacks begin at
  // different offsets of their pages, or a few lines of the cache would have to hold them all.
  auto top = reinterpret_cast<void **>(fiber->stack + stackSize - fiber->number % 61 * 192);
  top[-1] = nullptr;
  top[-2] = reinterpret_cast<void *>(&fiberMain);
  for (int i = 3; i <= 8; i++) top[-i] = nullptr;
  fiber->resume = top - 8;
  return fiber;
}

void place(unsigned thread) {
  const Dimensions &d = running->dimensions;
  if (thread < d.x) {
    running->kernel->place->thread = {thread, 0, 0};
    return;
  }
  running->kernel->place->thread = {thread % d.x, thread / d.x % d.y, thread / (d.x * d.y)};
}

// Goes on with the next thread that can, or with the scheduler if there is none.
void leave() {
  Block &block = *running;
  Fiber *from = block.current;
  if (block.ready.empty() || block.fault != success) {
    emulatedSwitch(&from->resume, block.scheduler);
    return;
  }
  block.current = block.ready.back();
  block.ready.pop_back();
  if (block.current == from) return;
  place(block.current->thread);
  emulatedSwitch(&from->resume, block.current->resume);
}

// Ends the kernel; the threads' stacks are forgotten.
[[noreturn]] void fail(Error fault) {
  running->fault = fault;
  leave();
  std::abort();
}

std::string where() {
  const Index &t = running->kernel->place->thread, &b = running->kernel->place->block;
  char text[200];
  std::snprintf(text, sizeof text, "kernel %s, block (%u,%u,%u), thread (%u,%u,%u)", running->kernel->name, b.x, b.y, b.z,
                t.x, t.y, t.z);
  return text;
}

void fiberMain() {
  for (;;) {
    Block &block = *running;
    if (block.started == block.threads) {
      idle.push_back(block.current);
      leave();
      continue;
    }
    unsigned thread = block.order[block.started++];
    block.current->thread = thread;
    place(thread);
    block.kernel->run(block.arguments);
    running->ended++;
  }
}

void barrier(int line) {
  Block &block = *running;
  if (block.atBarrier.empty()) block.barrierLine = line;
  if (block.barrierLine != line) {
    complain("%s waits at line %d while others wait at line %d", where().c_str(), line, block.barrierLine);
    fail(launchFailure);
  }
  block.atBarrier.push_back(block.current);
  if (block.atBarrier.size() == block.threads) {
    block.ready.insert(block.ready.end(), block.atBarrier.begin(), block.atBarrier.end());
    block.atBarrier.clear();
  }
  leave();
}

// Lets the lane wait for the others of the mask; gives what they left.
const unsigned *gather(unsigned mask, unsigned value, int line) {
  Block &block = *running;
  unsigned lane = block.current->thread % warpSize;
  Warp &warp = block.warps[block.current->thread / warpSize];
  if ((mask >> lane & 1) == 0) {
    complain("%s is not in its own mask %08x at line %d", where().c_str(), mask, line);
    fail(launchFailure);
  }
  if (warp.arrived == 0) {
    warp.mask = mask;
    warp.line = line;
  }
  if (warp.mask != mask || warp.line != line) {
    complain("%s shuffles at line %d with mask %08x while others of its warp are at line %d with mask %08x",
             where().c_str(), line, mask, warp.line, warp.mask);
    fail(launchFailure);
  }
  const unsigned *slots = warp.slots[warp.parity];
  warp.slots[warp.parity][lane] = value;
  warp.waiting[lane] = block.current;
  warp.arrived |= 1u << lane;
  if (warp.arrived == (mask & warp.existing)) {
    for (unsigned other = 0; other < warpSize; other++)
      if (warp.arrived >> other & 1) block.ready.push_back(warp.waiting[other]);
    warp.arrived = 0;
    // Whoever reads late is safe: the next exchange fills the other slots, and the one after waits for this lane.
    warp.parity ^= 1;
  }
  leave();
  return slots;
}

unsigned exchange(unsigned mask, unsigned value, int source, int line) {
  const unsigned *slots = gather(mask, value, line);
  unsigned present = mask & running->warps[running->current->thread / warpSize].existing;
  // What a lane that takes no part gives is undefined in CUDA; NaN shows it.
  return source >= 0 && source < int(warpSize) && (present >> source & 1) ? slots[source] : ~0u;
}

unsigned ballot(unsigned mask, unsigned value, int line) {
  const unsigned *slots = gather(mask, value, line);
  unsigned present = mask & running->warps[running->current->thread / warpSize].existing;
  unsigned votes = 0;
  for (unsigned lane = 0; lane < warpSize; lane++)
    if ((present >> lane & 1) && slots[lane] != 0) votes |= 1u << lane;
  return votes;
}

void check(unsigned long address, unsigned long bytes, bool write, unsigned long *from, unsigned long *to) {
  uintptr_t stack = uintptr_t(running->current->stack);
  if (address >= stack && address + bytes <= stack + stackSize) return;
  // The module's own variables and constants, among them shared arrays.
  const Kernel &kernel = *running->kernel;
  if (address >= uintptr_t(kernel.imageFrom) && address + bytes <= uintptr_t(kernel.imageTo)) {
    *from = uintptr_t(kernel.imageFrom);
    *to = uintptr_t(kernel.imageTo);
    return;
  }
  const char *what = write ? "writes" : "reads";
  uintptr_t rangeFrom, rangeTo;
  bool known = reachable(*running->device, address, rangeFrom, rangeTo) && address + bytes <= rangeTo;
  if (!known) {
    const char *hint = onAnyDevice(reinterpret_cast<void *>(address)) ? " (memory of another device, or past its end)" : "";
    complain("%s %s %lu bytes at %p, which is in no live allocation of device %d%s", where().c_str(), what, bytes,
             reinterpret_cast<void *>(address), running->device->index, hint);
    fail(illegalAddress);
  }
  if (bytes <= 16 && (address & (bytes - 1)) != 0) {
    complain("%s %s %lu bytes at %p, which is not a multiple of their number", where().c_str(), what, bytes,
             reinterpret_cast<void *>(address));
    fail(misalignedAddress);
  }
  *from = rangeFrom;
  *to = rangeTo;
}

const Services services = {barrier, exchange, ballot, check};

Error runBlock(Block &block) {
  running = &block;
  if (block.kernel->sharedFrom != nullptr)
    std::memset(block.kernel->sharedFrom, 0xFF, block.kernel->sharedTo - block.kernel->sharedFrom);
  while (block.ended < block.threads && block.fault == success) {
    if (!block.ready.empty()) {
      block.current = block.ready.back();
      block.ready.pop_back();
      place(block.current->thread);
    } else if (block.started < block.threads) {
      block.current = fresh();
    } else {
      unsigned waiting = 0;
      int line = 0;
      for (const Warp &warp : block.warps) {
        waiting += unsigned(__builtin_popcount(warp.arrived));
        if (warp.arrived != 0) line = warp.line;
      }
      complain("kernel %s: deadlock: of %u threads of a block %u have ended, %zu wait at the barrier in line %d, %u at the "
               "shuffle in line %d",
               block.kernel->name, block.threads, block.ended, block.atBarrier.size(), block.barrierLine, waiting, line);
      block.fault = launchFailure;
      break;
    }
    emulatedSwitch(&block.scheduler, block.current->resume);
  }
  running = nullptr;
  return block.fault;
}

void permute(std::vector<unsigned> &order, uint64_t seed) {
  std::iota(order.begin(), order.end(), 0u);
  if (seed == 0) return;
  std::mt19937_64 random(seed);
  for (size_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[random() % i]);
}

}  // namespace

Error runGrid(Device &device, const Kernel &kernel, void **arguments, Dimensions grid, Dimensions dimensions) {
  *kernel.services = services;
  std::memset(kernel.place->known, 0, sizeof kernel.place->known);
  kernel.place->blockDimensions = {dimensions.x, dimensions.y, dimensions.z};
  kernel.place->gridDimensions = {grid.x, grid.y, grid.z};
  std::vector<unsigned> blocks(grid.count()), threads(dimensions.count());
  permute(blocks, seed());
  permute(threads, seed());
  Block block{};
  block.device = &device;
  block.kernel = &kernel;
  block.arguments = arguments;
  block.dimensions = dimensions;
  block.threads = unsigned(threads.size());
  block.order = threads.data();
  block.warps.resize((threads.size() + warpSize - 1) / warpSize);
  for (size_t i = 0; i < threads.size(); i++) block.warps[i / warpSize].existing |= 1u << (i % warpSize);
  for (unsigned index : blocks) {
    kernel.place->block = {index % grid.x, index / grid.x % grid.y, index / grid.x / grid.y};
    block.started = block.ended = 0;
    Error error = runBlock(block);
    if (error != success) return error;
  }
  return success;
}

}  // namespace emulated
